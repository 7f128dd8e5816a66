import { startService } from '#libs/service-kit';
import { __Name__Module } from './__name__.module.js';

await startService(__Name__Module, { name: '__name__' });
