import { Controller } from '@nestjs/common';
import { listVisitorKeys } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { KeysService } from './keys.service.js';

@Controller()
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @HandleRpc(listVisitorKeys)
  list() {
    return this.keys.current();
  }
}
