import { Inject, Injectable } from '@nestjs/common';
import { __CONST___CONFIG, type __Name__Config } from '../__name__.config.js';
import { greetingFor } from './greeting.domain.js';

@Injectable()
export class GreetingsService {
  constructor(@Inject(__CONST___CONFIG) private readonly config: __Name__Config) {}

  make(name: string): { greeting: string } {
    return { greeting: greetingFor(this.config.MIRANTE_GREETING, name) };
  }
}
