import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { OutboxRelay } from '#libs/messaging';
import { AnalyticsModule } from './analytics.module.js';
import { PostsChangedConsumer } from './apply/posts-changed.consumer.js';
import { RecountSchedule } from './recount/recount.schedule.js';
import { PeopleReportsController, PostReportsController } from './reports/reports.controller.js';

describe('AnalyticsModule', () => {
  it('should find every part of itself', async () => {
    Object.assign(process.env, {
      MIRANTE_MYSQL_USER: 'nobody',
      MIRANTE_MYSQL_PASSWORD: 'x',
      MIRANTE_MYSQL_DATABASE: 'none',
      MIRANTE_AMQP_URL: 'amqp://127.0.0.1:1',
    });
    const sut = await Test.createTestingModule({ imports: [AnalyticsModule] }).compile();
    for (const part of [PostsChangedConsumer, PeopleReportsController, PostReportsController, RecountSchedule]) {
      expect(sut.get(part)).toBeInstanceOf(part);
    }
    expect(sut.get(OutboxRelay)).toBeDefined();
  });
});
