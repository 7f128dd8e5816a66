import { CreateApiKey1795136000000 } from './1795136000000-create-api-key.js';
import { CreateKeyWindow1795136001000 } from './1795136001000-create-key-window.js';
import { CreateUpload1795136002000 } from './1795136002000-create-upload.js';
import { CreateUploadTenant1795136003000 } from './1795136003000-create-upload-tenant.js';

export const migrations = [
  CreateApiKey1795136000000,
  CreateKeyWindow1795136001000,
  CreateUpload1795136002000,
  CreateUploadTenant1795136003000,
];
