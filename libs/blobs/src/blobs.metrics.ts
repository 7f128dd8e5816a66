import { counter, gauge, histogram, LATENCY_BUCKETS } from '#libs/observability';

export const storedBytes = counter({
  name: 'blob_stored_bytes_total',
  help: 'Bytes written to the store of files, those of uploads that broke off later included',
  labelNames: ['driver'],
});

/** How to find out the free space of each area that lies in a folder. */
export const measuredAreas = new Map<string, () => Promise<number>>();

export const freeBytes = gauge({
  name: 'blob_free_bytes',
  help: 'Free space on the disk of the store of files',
  labelNames: ['area'],
  collect: async (sut) => {
    for (const [area, measure] of measuredAreas) sut.set({ area }, await measure());
  },
});

export const s3RequestSeconds = histogram({
  name: 'blob_s3_request_duration_seconds',
  help: 'Time until an S3 server answered, repetitions included',
  labelNames: ['operation', 'outcome'],
  buckets: [...LATENCY_BUCKETS, 30, 60],
});
