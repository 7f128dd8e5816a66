import { Inject, Injectable, Optional } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { credentialOf, upstreamConfigSchema, worstCasePerPost } from '../../upstream/index.js';
import { X_SETTINGS, type XSettings } from '../x/index.js';
import { xSettings } from '../x/x-settings.js';
import { xDriverConfigSchema } from './x-driver.config.js';

/** Polls of a part that the stream serves as well: the net beneath it. */
const POLL_BESIDE_STREAM_MS = 15 * 60_000;
const POLL_MS = 60_000;

/** What the drivers of X are told by the operator. */
@Injectable()
export class XDriverSettings {
  readonly stream: boolean;
  readonly fullArchive: boolean;
  /** Most that one post of a page can cost, in millionths of a dollar. */
  readonly perPost: number;
  /** Names the bearer token, without telling it. */
  readonly credential: string;

  constructor(@Optional() @Inject(X_SETTINGS) settings: XSettings | null = null) {
    const { baseUrl, token } = settings ?? xSettings();
    const config = loadConfig(xDriverConfigSchema);
    this.stream = config.MIRANTE_X_STREAM;
    this.fullArchive = config.MIRANTE_X_FULL_ARCHIVE;
    this.perPost = worstCasePerPost(loadConfig(upstreamConfigSchema).MIRANTE_X_AUTHORS_BILLED);
    this.credential = credentialOf(baseUrl, token?.reveal() ?? '');
  }

  /** Whether the stream brings the posts of a capture. Who names an interval wants polls and nothing else. */
  streams(ask: { mode: string; everySeconds: number | null }): boolean {
    return this.stream && ask.mode === 'follow' && ask.everySeconds === null;
  }

  everyMs(ask: { mode: string; everySeconds: number | null }): number {
    if (ask.everySeconds !== null) return ask.everySeconds * 1_000;
    return this.streams(ask) ? POLL_BESIDE_STREAM_MS : POLL_MS;
  }
}
