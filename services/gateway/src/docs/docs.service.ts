import { Inject, Injectable } from '@nestjs/common';
import { readBuildInfo } from '#libs/service-kit';
import { anonymousCaller } from '../access/caller.js';
import { GATEWAY_CONFIG, anonymousAccessOf, type GatewayConfig } from '../gateway.config.js';
import { RouteCatalogue } from '../routes/route-catalogue.js';
import { docsPageOf } from './docs-page.js';
import { openApiOf } from './openapi.domain.js';
import type { OpenApiDocument } from './openapi.types.js';

/** The description of the API, made once from the declared routes. */
@Injectable()
export class DocsService {
  private made: { document: OpenApiDocument; page: string } | undefined;

  constructor(
    private readonly catalogue: RouteCatalogue,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  get document(): OpenApiDocument {
    return this.make().document;
  }

  get page(): string {
    return this.make().page;
  }

  private make() {
    if (!this.made) {
      const { scopes } = anonymousCaller(anonymousAccessOf(this.config));
      const document = openApiOf(this.catalogue.routes, readBuildInfo().version, scopes);
      this.made = { document, page: docsPageOf(document, this.catalogue.routes) };
    }
    return this.made;
  }
}
