import { CreateMessagingTables__epoch__ } from './__epoch__-create-messaging-tables.js';

export const MIGRATIONS = [CreateMessagingTables__epoch__];
