import { CreateApiKey1795136000000 } from './1795136000000-create-api-key.js';
import { CreateKeyWindow1795136001000 } from './1795136001000-create-key-window.js';

export const migrations = [CreateApiKey1795136000000, CreateKeyWindow1795136001000];
