import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Kills process groups when this process is gone, however it went. A shell waits on a pipe from us; the pipe closes with
 * our last breath (even SIGKILL), and the shell then kills what was still registered.
 */
const SCRIPT = `
groups=
while read -r verb group; do
  case $verb in
    add) groups="$groups $group" ;;
    del) kept=; for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
`;

let shell: ChildProcess | undefined;

export function reapWithUs(group: number): void {
  shell ??= start();
  shell.stdin?.write(`add ${group}\n`);
}

export function forgetGroup(group: number): void {
  shell?.stdin?.write(`del ${group}\n`);
}

function start(): ChildProcess {
  // Detached, or a Ctrl-C at the terminal would end the shell before us.
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin?.on('error', () => {});
  return child;
}
