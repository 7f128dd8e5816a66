import { Injectable } from '@nestjs/common';
import { visitsRecorded, type VisitsRecorded } from '#libs/contracts';
import { OnEventBatch, type EventItem } from '#libs/messaging';
import { RecordVisitsService } from './record-visits.service.js';

@Injectable()
export class VisitsConsumer {
  constructor(private readonly records: RecordVisitsService) {}

  // A page shows a visit within two seconds, of which this may take a tenth of one.
  @OnEventBatch(visitsRecorded, { maxItems: 20, maxWaitMs: 100 })
  async onVisitsRecorded(items: EventItem<VisitsRecorded>[]): Promise<void> {
    await this.records.recordAll(items);
  }
}
