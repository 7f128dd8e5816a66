import { counter, gauge } from '#libs/observability';

export const uploadsInFlight = gauge({
  name: 'gateway_uploads_in_flight',
  help: 'Uploads whose bytes are arriving now',
  labelNames: [],
});

export const uploadedBytes = counter({
  name: 'gateway_uploaded_bytes_total',
  help: 'Bytes of uploads that were stored',
  labelNames: [],
});

export const uploads = counter({
  name: 'gateway_uploads_total',
  help: 'Uploads by how they ended',
  labelNames: ['outcome'],
});

export const refusedRequests = counter({
  name: 'gateway_refused_requests_total',
  help: 'Requests refused before they reached a route, by why',
  labelNames: ['reason'],
});

export const keyRequests = counter({
  name: 'gateway_key_requests_total',
  help: 'Requests with a key that works',
  labelNames: [],
});

export const keyLookups = counter({
  name: 'gateway_key_lookups_total',
  help: 'Questions to the database about a key: found, absent, or away when it did not answer',
  labelNames: ['outcome'],
});

export const limitReservations = counter({
  name: 'gateway_key_limit_reservations_total',
  help: 'Requests reserved for a key: shared by all gateways, or local while the database is away',
  labelNames: ['kind'],
});

export const exportsInFlight = gauge({
  name: 'gateway_exports_in_flight',
  help: 'Exports that are being sent now',
  labelNames: [],
});

export const exportedBytes = counter({
  name: 'gateway_exported_bytes_total',
  help: 'Bytes of exports sent, before compression',
  labelNames: [],
});

export const exports = counter({
  name: 'gateway_exports_total',
  help: 'Exports by how they ended: sent, aborted by the client, or the code of what broke them off',
  labelNames: ['outcome'],
});

export const taskResultBytes = counter({
  name: 'gateway_task_result_bytes_total',
  help: 'Bytes of files that tasks made and that were sent whole',
  labelNames: [],
});

export const taskStreams = gauge({
  name: 'gateway_task_streams',
  help: 'Streams of the events of tasks that are open',
  labelNames: [],
});
