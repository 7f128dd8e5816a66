import { parseCommand, UsageError, type Command } from './args.js';
import { bench, keys, observability, parking } from './commands/dispatch.js';
import { dev } from './commands/dev.js';
import { down } from './commands/down.js';
import { logs } from './commands/logs.js';
import { migrate } from './commands/migrate.js';
import { status } from './commands/status.js';
import { up } from './commands/up.js';

async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'up':
      return up(command.workers);
    case 'down':
      return down(command);
    case 'status':
      return status(command);
    case 'logs':
      return logs(command.options);
    case 'dev':
      return dev(command.service);
    case 'migrate':
      return migrate();
    case 'bench':
      return bench(command.args);
    case 'parking':
      return parking(command.args);
    case 'keys':
      return keys(command.args);
    case 'observability':
      return observability(command.args);
    case 'new:service':
      return (await import('./new-service.js')).newServiceCommand(command.args);
  }
}

// A reader such as `head` may leave before we have said everything.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
