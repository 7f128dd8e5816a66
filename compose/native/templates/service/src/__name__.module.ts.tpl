import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { describeSystem, make__Name__Greeting } from '#libs/contracts';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { SystemModule } from '#libs/service-kit';
import { SCHEMA } from './data-source.js';
import { GreetingsController } from './greetings/greetings.controller.js';
import { GreetingsService } from './greetings/greetings.service.js';
import { __CONST___CONFIG, __camel__ConfigSchema } from './__name__.config.js';

const SERVICE = '__name__';

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      rpc: [make__Name__Greeting, describeSystem(SERVICE)],
      events: [],
    }),
    SystemModule.forService(SERVICE),
  ],
  controllers: [GreetingsController],
  providers: [
    { provide: __CONST___CONFIG, useFactory: () => loadConfig(__camel__ConfigSchema) },
    GreetingsService,
  ],
})
export class __Name__Module {}
