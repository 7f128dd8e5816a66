import { Controller } from '@nestjs/common';
import { visitorReport, visitorSummary } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import type { z } from 'zod';
import { VisitorReports } from './visitor-reports.service.js';

@Controller()
export class VisitorReportsController {
  constructor(private readonly reports: VisitorReports) {}

  @HandleRpc(visitorReport)
  report(ask: z.output<typeof visitorReport.input>) {
    return this.reports.report(ask);
  }

  @HandleRpc(visitorSummary)
  summary({ site }: z.output<typeof visitorSummary.input>) {
    return this.reports.summary(site);
  }
}
