import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocsService } from '../docs/docs.service.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { SystemService } from '../system/system.service.js';
import { referrerHost } from '../visits/referrer-host.js';
import { Sites } from '../visits/sites.service.js';
import { VisitRecorder } from '../visits/visit-recorder.service.js';
import { VisitorFigures } from '../visits/visitor-figures.service.js';
import { homePage } from './home-page.js';
import { languageOf } from './language.domain.js';
import { PublicFiles } from './public-files.js';
import { assetRoute, ASSETS, docsPageRoute, homePageRoute, openApiRoute } from './pages.routes.js';

@Controller()
export class PagesController {
  constructor(
    private readonly files: PublicFiles,
    private readonly docs: DocsService,
    private readonly system: SystemService,
    private readonly figures: VisitorFigures,
    private readonly recorder: VisitRecorder,
    private readonly sites: Sites,
  ) {}

  @Route(homePageRoute)
  async home(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const language = languageOf(request.headers['accept-language']);
    void reply.headers({ vary: 'accept-language', 'content-language': language });
    const page = homePage(await this.figures.read(), this.system.build.version, language);
    this.countVisit(request, homePageRoute.path);
    return page;
  }

  @Route(assetRoute)
  asset(@Input() { params }: InputOf<typeof assetRoute>, @Res() reply: FastifyReply) {
    return reply
      .type(ASSETS[params.name])
      .header('cache-control', 'public, max-age=300')
      .send(this.files.read(params.name));
  }

  @Route(docsPageRoute)
  docsPage(@Req() request: FastifyRequest) {
    this.countVisit(request, docsPageRoute.path);
    return this.docs.page;
  }

  @Route(openApiRoute)
  openApi() {
    return this.docs.document;
  }

  /** A HEAD request shows nobody a page. */
  private countVisit(request: FastifyRequest, path: string): void {
    if (request.method !== 'GET') return;
    this.recorder.record(this.sites.own, path, request, referrerHost(request.headers.referer, [request.hostname]));
  }
}
