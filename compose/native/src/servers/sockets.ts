import type * as Sockets from '../../sockets.mjs';
import { loadPlain } from '../plain.js';

export const { commandOf, listenerPid } = await loadPlain<typeof Sockets>('sockets.mjs');
