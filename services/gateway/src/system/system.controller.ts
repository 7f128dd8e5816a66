import { Controller } from '@nestjs/common';
import { Route } from '../routes/route.decorator.js';
import { getSystemRoute, getVersionRoute } from './system.routes.js';
import { SystemService } from './system.service.js';

@Controller()
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Route(getSystemRoute)
  overview() {
    return this.system.overview();
  }

  @Route(getVersionRoute)
  version() {
    return this.system.version();
  }
}
