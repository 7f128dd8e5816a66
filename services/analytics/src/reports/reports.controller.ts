import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import {
  cooccurringTagsReport,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsOverTimeReport,
  summaryReport,
  tagNetworkReport,
  topUsersReport,
} from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { CoTagsReport } from './cotags.report.js';
import { CountriesReport } from './countries.report.js';
import { HoursReport } from './hours.report.js';
import { LanguagesReport } from './languages.report.js';
import { NetworkReport } from './network.report.js';
import { SeriesReport } from './series.report.js';
import { SummaryReport } from './summary.report.js';
import { TopUsersReport } from './top-users.report.js';

@Controller()
export class PeopleReportsController {
  constructor(
    private readonly summary: SummaryReport,
    private readonly topUsers: TopUsersReport,
    private readonly countries: CountriesReport,
  ) {}

  @HandleRpc(summaryReport)
  answerSummary(input: z.output<typeof summaryReport.input>) {
    return this.summary.answer(input);
  }

  @HandleRpc(topUsersReport)
  answerTopUsers(input: z.output<typeof topUsersReport.input>) {
    return this.topUsers.answer(input);
  }

  @HandleRpc(postsByCountryReport)
  answerCountries(input: z.output<typeof postsByCountryReport.input>) {
    return this.countries.answer(input);
  }
}

@Controller()
export class PostReportsController {
  constructor(
    private readonly hours: HoursReport,
    private readonly languages: LanguagesReport,
    private readonly series: SeriesReport,
    private readonly coTags: CoTagsReport,
    private readonly network: NetworkReport,
  ) {}

  @HandleRpc(postsByHourReport)
  answerHours(input: z.output<typeof postsByHourReport.input>) {
    return this.hours.answer(input);
  }

  @HandleRpc(postsByLanguageReport)
  answerLanguages(input: z.output<typeof postsByLanguageReport.input>) {
    return this.languages.answer(input);
  }

  @HandleRpc(postsOverTimeReport)
  answerSeries(input: z.output<typeof postsOverTimeReport.input>) {
    return this.series.answer(input);
  }

  @HandleRpc(cooccurringTagsReport)
  answerCoTags(input: z.output<typeof cooccurringTagsReport.input>) {
    return this.coTags.answer(input);
  }

  @HandleRpc(tagNetworkReport)
  answerNetwork(input: z.output<typeof tagNetworkReport.input>) {
    return this.network.answer(input);
  }
}
