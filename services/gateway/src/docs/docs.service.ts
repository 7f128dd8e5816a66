import { Injectable } from '@nestjs/common';
import { readBuildInfo } from '#libs/service-kit';
import { RouteCatalogue } from '../routes/route-catalogue.js';
import { docsPageOf } from './docs-page.js';
import { openApiOf } from './openapi.domain.js';
import type { OpenApiDocument } from './openapi.types.js';

/** The description of the API, made once from the declared routes. */
@Injectable()
export class DocsService {
  private made: { document: OpenApiDocument; page: string } | undefined;

  constructor(private readonly catalogue: RouteCatalogue) {}

  get document(): OpenApiDocument {
    return this.make().document;
  }

  get page(): string {
    return this.make().page;
  }

  private make() {
    if (!this.made) {
      const document = openApiOf(this.catalogue.routes, readBuildInfo().version);
      this.made = { document, page: docsPageOf(document, this.catalogue.routes) };
    }
    return this.made;
  }
}
