import { Module } from '@nestjs/common';
import { OUTBOX_DATABASE, type OutboxDatabase } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';

/** Lets the outbox relay read the schema of the service. For every service that announces events. */
@Module({
  providers: [
    {
      provide: OUTBOX_DATABASE,
      inject: [TransactionRunner],
      useFactory: (transactions: TransactionRunner): OutboxDatabase => ({
        transaction: (work) => transactions.run(work),
      }),
    },
  ],
  exports: [OUTBOX_DATABASE],
})
export class OutboxModule {}
