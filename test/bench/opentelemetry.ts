import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { messageOf } from '#libs/kernel';
import { repoRoot } from '../../compose/native/src/repo.js';

const run = promisify(execFile);
const DIR = join(repoRoot, '.mirante/bench/opentelemetry');
/** The last ones that run on Node 20. They are no dependency of the project: 235 packages for one comparison. */
const MANIFEST = {
  name: 'opentelemetry-to-compare-with',
  private: true,
  dependencies: {
    '@opentelemetry/api': '1.9.0',
    '@opentelemetry/auto-instrumentations-node': '0.81.2',
    '@opentelemetry/instrumentation': '0.223.0',
    '@opentelemetry/sdk-node': '0.223.0',
  },
};

/** Installs OpenTelemetry beside the project. @returns why not, when that failed */
export async function installOpenTelemetry(): Promise<string | undefined> {
  const wanted = JSON.stringify(MANIFEST, null, 2);
  const file = join(DIR, 'installed.json');
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return undefined;
  mkdirSync(DIR, { recursive: true });
  writeFileSync(join(DIR, 'package.json'), wanted);
  process.stdout.write(`installing OpenTelemetry's packages into ${DIR}\n`);
  try {
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: DIR, timeout: 300_000 });
  } catch (error) {
    return messageOf(error).split('\n').slice(0, 4).join(' ');
  }
  writeFileSync(file, wanted);
  return undefined;
}

/** Environment with which a Node process is instrumented as OpenTelemetry's documentation says, for modules of both kinds. */
export function openTelemetryEnv(collectorUrl: string): Record<string, string> {
  const packages = join(DIR, 'node_modules/@opentelemetry');
  const hook = pathToFileURL(join(packages, 'instrumentation/hook.mjs')).href;
  const register = join(packages, 'auto-instrumentations-node/build/src/register.js');
  return {
    NODE_OPTIONS: `--no-warnings --experimental-loader=${hook} --require=${register}`,
    OTEL_SERVICE_NAME: 'bench',
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    // As often as Prometheus asks us.
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  };
}

/** Takes whatever it is sent over OTLP, and counts it. */
export interface Collector {
  url: string;
  /** Bytes by path: `/v1/traces`, `/v1/metrics`. */
  received: Map<string, number>;
  close(): void;
}

export async function startCollector(): Promise<Collector> {
  const received = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    request.on('data', (chunk: Buffer) => received.set(path, (received.get(path) ?? 0) + chunk.length));
    request.on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received, close: () => server.close() };
}
