import { toggleDebugLevel } from './levels.js';

const DEADLY: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

export interface ProcessHooks {
  /** Writes everything that is still in memory, before it returns. */
  flushSync(): void;
  /** The same, and from then on nothing stays in memory: others may still log while the process exits. */
  writeThrough(): void;
  /** Says why the process is about to die. */
  reportCrash(error: unknown, origin: string): void;
  reportLevels(): void;
}

/**
 * Sees to it that no line stays in memory when the process ends: by itself, by `process.exit`, by an error nobody caught, or by
 * a signal. Signals keep their meaning: when nobody else listens, the process dies of them as it would without us.
 *
 * @returns takes the hooks away
 */
export function installProcessHooks(hooks: ProcessHooks): () => void {
  const onExit = () => hooks.writeThrough();
  const onCrash = (error: Error, origin: string) => {
    hooks.reportCrash(error, origin);
    hooks.flushSync();
  };
  const onDeadly = (signal: NodeJS.Signals) => {
    hooks.flushSync();
    if (process.listenerCount(signal) > 1) return;
    process.removeListener(signal, onDeadly);
    process.kill(process.pid, signal);
  };
  const onToggle = () => {
    toggleDebugLevel();
    hooks.reportLevels();
  };
  process.on('exit', onExit);
  process.on('uncaughtExceptionMonitor', onCrash);
  process.on('SIGUSR2', onToggle);
  for (const signal of DEADLY) process.on(signal, onDeadly);
  return () => {
    process.removeListener('exit', onExit);
    process.removeListener('uncaughtExceptionMonitor', onCrash);
    process.removeListener('SIGUSR2', onToggle);
    for (const signal of DEADLY) process.removeListener(signal, onDeadly);
  };
}
