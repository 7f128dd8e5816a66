import type { ArchiveOptions, ArchiveReading } from './contract.js';

export declare function readArchive(bytes: AsyncIterable<Uint8Array>, options?: ArchiveOptions): ArchiveReading;
