/** Starts the servers the tests need, once for the whole run, unless the environment already names running ones. */
export async function setup(): Promise<void> {
  if (process.env['MIRANTE_TEST_MYSQL'] && process.env['MIRANTE_TEST_AMQP']) return;
  throw new Error('no test servers: run npm test');
}
