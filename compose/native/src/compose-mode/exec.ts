import type { ComposeProject } from './project.js';

/** Runs a compiled script inside a running service, with its environment and our terminal. */
export async function execInService(
  { compose }: ComposeProject,
  service: string,
  script: string,
  args: readonly string[],
): Promise<number> {
  const command = [
    'exec',
    ...(process.stdin.isTTY ? [] : ['-T']),
    service,
    'node',
    '--enable-source-maps',
    `dist/${script}`,
  ];
  return (await compose([...command, ...args], { live: true, input: 'inherit' })).code;
}
