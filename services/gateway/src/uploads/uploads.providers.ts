import { ResumableUploads } from './resumable-uploads.service.js';
import { UploadSweeper } from './upload-sweeper.service.js';
import { UploadWriters } from './upload-writers.service.js';
import { UploadRepository } from './upload.repository.js';
import { UploadsController } from './uploads.controller.js';

/** Routes of uploads in pieces. */
export const UPLOADS_CONTROLLERS = [UploadsController];

/** What they need beside what the gateway has anyway; `ResumableUploads.claim` is for tasks. */
export const UPLOADS_PROVIDERS = [UploadRepository, UploadWriters, ResumableUploads, UploadSweeper];
