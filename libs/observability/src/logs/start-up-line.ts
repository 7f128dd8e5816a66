import type { EcsEncoder } from './ecs-encoder.js';
import { currentLogLevels } from './levels.js';

/** Longer than the 1,024 bytes by which Filebeat tells files apart; a shorter file would not be read at all. */
const LEAST_BYTES = 1_200;

/** The first line of a log file: what runs, on what. `@timestamp` and `event.id` make its first 1,024 bytes unique. */
export function startUpLine(encoder: EcsEncoder, logger: string, settings: Record<string, unknown>): string {
  const encode = (padding: Record<string, string>) =>
    encoder.encode({
      level: 'info',
      logger,
      message: 'log file opened',
      fields: {
        event: { action: 'log-file-opened' },
        labels: { ...settings, ...versions(), levels: currentLogLevels(), ...padding },
      },
    });
  const line = encode({});
  const missing = LEAST_BYTES - Buffer.byteLength(line);
  return missing <= 0 ? line : encode({ padding: '.'.repeat(missing) });
}

function versions(): Record<string, string> {
  const shown = Object.entries(process.versions).map(([name, version]) => [`version_${name}`, version ?? '']);
  return { ...Object.fromEntries(shown.slice(0, 24)), platform: process.platform, arch: process.arch };
}
