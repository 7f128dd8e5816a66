import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { make__Name__Greeting } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { GreetingsService } from './greetings.service.js';

@Controller()
export class GreetingsController {
  constructor(private readonly greetings: GreetingsService) {}

  @HandleRpc(make__Name__Greeting)
  make(@Payload() { name }: z.infer<typeof make__Name__Greeting.input>) {
    return this.greetings.make(name);
  }
}
