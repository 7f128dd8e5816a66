import { Inject, Injectable } from '@nestjs/common';
import { ForeignOriginError, UnknownSiteError } from './visits.errors.js';
import { VISITS_CONFIG, type VisitsConfig } from './visits.config.js';

/** Whose visits are counted, and from where they may be reported. */
@Injectable()
export class Sites {
  private readonly known: ReadonlySet<string>;

  constructor(@Inject(VISITS_CONFIG) private readonly config: VisitsConfig) {
    this.known = new Set([config.MIRANTE_VISITS_OWN_SITE, ...config.MIRANTE_VISITS_SITES]);
  }

  get own(): string {
    return this.config.MIRANTE_VISITS_OWN_SITE;
  }

  /** @throws UnknownSiteError */
  assertKnown(site: string): void {
    if (!this.known.has(site)) throw new UnknownSiteError(site);
  }

  /**
   * A browser says which page it asks for; a page may report visits of its own host only. What sends no Origin is no page
   * of another site.
   *
   * @throws ForeignOriginError
   */
  assertMayReport(site: string, origin: string | undefined, ownHost: string | undefined): void {
    if (origin === undefined) return;
    const host = URL.canParse(origin) ? new URL(origin) : undefined;
    if (host?.hostname === site || (site === this.own && host?.host === ownHost)) return;
    throw new ForeignOriginError(site);
  }

  /** Whether scripts of this origin may read the answer to a report. */
  mayRead(origin: string): boolean {
    return URL.canParse(origin) && this.known.has(new URL(origin).hostname);
  }
}
