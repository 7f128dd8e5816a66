import { loadConfig } from '#libs/config';
import { startService } from '#libs/service-kit';
import { gatewayConfigSchema } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { configureHttp } from './http/configure-http.js';
import { httpServerOptions } from './http/server-options.js';

await startService(GatewayModule, {
  name: 'gateway',
  http: { server: httpServerOptions(loadConfig(gatewayConfigSchema)), configure: configureHttp },
});
