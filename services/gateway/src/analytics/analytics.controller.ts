import { Controller } from '@nestjs/common';
import {
  cooccurringTagsReport,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsOverTimeReport,
  summaryReport,
  topUsersReport,
} from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import * as routes from './analytics.routes.js';

@Controller()
export class AnalyticsController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(routes.summaryRoute)
  summary(@Input() { query }: InputOf<typeof routes.summaryRoute>) {
    return this.rpc.call(summaryReport, query);
  }

  @Route(routes.topUsersRoute)
  topUsers(@Input() { query }: InputOf<typeof routes.topUsersRoute>) {
    return this.rpc.call(topUsersReport, query);
  }

  @Route(routes.postsByHourRoute)
  postsByHour(@Input() { query }: InputOf<typeof routes.postsByHourRoute>) {
    return this.rpc.call(postsByHourReport, query);
  }

  @Route(routes.postsByLanguageRoute)
  postsByLanguage(@Input() { query }: InputOf<typeof routes.postsByLanguageRoute>) {
    return this.rpc.call(postsByLanguageReport, query);
  }

  @Route(routes.postsByCountryRoute)
  postsByCountry(@Input() { query }: InputOf<typeof routes.postsByCountryRoute>) {
    return this.rpc.call(postsByCountryReport, query);
  }

  @Route(routes.postsOverTimeRoute)
  postsOverTime(@Input() { query }: InputOf<typeof routes.postsOverTimeRoute>) {
    return this.rpc.call(postsOverTimeReport, query);
  }

  @Route(routes.cooccurringTagsRoute)
  cooccurringTags(@Input() { query }: InputOf<typeof routes.cooccurringTagsRoute>) {
    return this.rpc.call(cooccurringTagsReport, query);
  }
}
