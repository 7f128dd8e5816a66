import { loadConfig } from '#libs/config';
import { messagingConfigSchema } from './messaging.config.js';

/** Address of the broker for the command line tool, which needs nothing else. */
export function parkingBrokerUrl(): string {
  return loadConfig(messagingConfigSchema.pick({ MIRANTE_AMQP_URL: true })).MIRANTE_AMQP_URL.reveal();
}
