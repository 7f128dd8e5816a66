import type { MappedRecord } from './contract.js';

export declare function mapRecord(value: unknown): MappedRecord;
