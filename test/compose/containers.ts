import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { docker } from '../../compose/native/docker.mjs';

const run = promisify(execFile);

/** Images that are not built by the test, but by compose/offline/bases.sh. */
const BASES = ['mirante-offline/node:24', 'mirante-offline/debian:bookworm', 'mirante-offline/debian:trixie'];

/** Why the compose files cannot be run here; nothing when they can. */
export async function whyNoContainers(): Promise<string | undefined> {
  const engine = await docker(['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5_000 });
  if (engine.code !== 0) return 'no Docker engine answers';
  const compose = await docker(['compose', 'version', '--short'], { timeoutMs: 5_000 });
  if (compose.code !== 0) return 'Docker has no "docker compose"';
  for (const image of BASES) {
    const { code } = await docker(['image', 'inspect', image], { timeoutMs: 5_000 });
    if (code !== 0) return `the engine has no ${image}; compose/offline/bases.sh makes it`;
  }
  return undefined;
}

/** What Docker says of a container that the tests look at. */
export interface Inspected {
  Id: string;
  Name: string;
  RestartCount: number;
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  State: { Status: string; Health?: { Status: string } };
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    SecurityOpt: string[] | null;
    Memory: number;
    PidsLimit: number | null;
    Init: boolean | null;
    Privileged: boolean;
    PortBindings: Record<string, Array<{ HostIp: string; HostPort: string }>> | null;
  };
}

/** Containers of a project by service; jobs that are done among them. */
export async function inspectProject(project: string): Promise<Map<string, Inspected>> {
  const filter = `label=com.docker.compose.project=${project}`;
  const { stdout: ids } = await run('docker', ['ps', '-aq', '--filter', filter]);
  const { stdout } = await run('docker', ['inspect', ...ids.trim().split('\n')]);
  const containers = JSON.parse(stdout) as Inspected[];
  return new Map(containers.map((container) => [container.Config.Labels['com.docker.compose.service']!, container]));
}

/** Runs something inside a container. */
export async function inside(container: string, ...command: string[]): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await docker(['exec', container, ...command], { timeoutMs: 60_000 });
  return { code, output: stdout + stderr };
}

/** Kills everything in a container at once, as a crash does; `docker kill` would keep it from being started again. */
export async function crash(container: string): Promise<void> {
  await docker(['exec', container, 'bash', '-c', 'kill -9 -1'], { timeoutMs: 20_000 });
}
