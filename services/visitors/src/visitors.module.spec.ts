import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FeedbackController } from './feedback/feedback.controller.js';
import { KeysSchedule } from './keys/keys.schedule.js';
import { VisitsConsumer } from './recording/visits.consumer.js';
import { ReferrersController } from './referrers/referrers.controller.js';
import { VisitorReportsController } from './reports/visitor-reports.controller.js';
import { VisitorsModule } from './visitors.module.js';

const ENVIRONMENT = {
  MIRANTE_AMQP_URL: 'amqp://user:password@127.0.0.1:5672',
  MIRANTE_MYSQL_HOST: '127.0.0.1',
  MIRANTE_MYSQL_PORT: '3306',
  MIRANTE_MYSQL_USER: 'user',
  MIRANTE_MYSQL_PASSWORD: 'password',
  MIRANTE_MYSQL_DATABASE: 'database',
  MIRANTE_MYSQL_DIALECT: 'mariadb',
};

describe(VisitorsModule.name, () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // Neither compiler nor linter notices an injected class that was imported as a type; this does.
  it('should give every class what its constructor asks for', async () => {
    const sut = await Test.createTestingModule({ imports: [VisitorsModule] }).compile();

    for (const part of [
      VisitsConsumer,
      VisitorReportsController,
      ReferrersController,
      FeedbackController,
      KeysSchedule,
    ]) {
      expect(sut.get(part)).toBeInstanceOf(part);
    }
  });
});
