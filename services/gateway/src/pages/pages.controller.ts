import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DocsService } from '../docs/docs.service.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { PublicFiles } from './public-files.js';
import { assetRoute, ASSETS, docsPageRoute, homePageRoute, openApiRoute } from './pages.routes.js';

@Controller()
export class PagesController {
  constructor(
    private readonly files: PublicFiles,
    private readonly docs: DocsService,
  ) {}

  @Route(homePageRoute)
  home() {
    return this.files.read('index.html');
  }

  @Route(assetRoute)
  asset(@Input() { params }: InputOf<typeof assetRoute>, @Res() reply: FastifyReply) {
    return reply
      .type(ASSETS[params.name])
      .header('cache-control', 'public, max-age=300')
      .send(this.files.read(params.name));
  }

  @Route(docsPageRoute)
  docsPage() {
    return this.docs.page;
  }

  @Route(openApiRoute)
  openApi() {
    return this.docs.document;
  }
}
