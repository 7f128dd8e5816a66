import { ConfigError, loadConfig, type Secret } from '#libs/config';
import { ingestConfigSchema } from '../../twitter-ingest.config.js';
import type { XSpelling } from './x-request.domain.js';

export interface XSettings {
  /** Without `/2` and without a slash at its end. */
  baseUrl: string;
  token: Secret | null;
  simulated: boolean;
  spelling: XSpelling;
  limits: XLimits;
}

export interface XLimits {
  /** From the first byte sent to the last byte read. */
  requestMs: number;
  responseBytes: number;
  /** X sends a sign of life every 20 s. */
  silenceMs: number;
  lineBytes: number;
}

export const X_LIMITS: XLimits = {
  requestMs: 30_000,
  responseBytes: 32 * 1024 * 1024,
  silenceMs: 30_000,
  lineBytes: 1024 * 1024,
};

/** @throws {ConfigError} when a token would go over an open line, or a simulation to X */
export function xSettings(): XSettings {
  const config = loadConfig(ingestConfigSchema);
  const simulated = config.MIRANTE_X_SIMULATED;
  const url = new URL(config.MIRANTE_X_API_BASE_URL);
  if (simulated && /(^|\.)(x|twitter)\.com$/i.test(url.hostname)) {
    refuse('MIRANTE_X_SIMULATED', 'needs MIRANTE_X_API_BASE_URL to name a simulator, not X');
  }
  if (!simulated && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    refuse('MIRANTE_X_API_BASE_URL', 'must start with https: the bearer token would be sent in the clear');
  }
  return {
    baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    token: config.MIRANTE_X_BEARER_TOKEN ?? null,
    simulated,
    spelling: config.MIRANTE_X_FIELD_SPELLING,
    limits: X_LIMITS,
  };
}

function refuse(variable: string, problem: string): never {
  throw new ConfigError([{ variable, problem }]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
