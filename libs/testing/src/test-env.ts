/** Address of a shared test server; `test/global-setup.ts` puts it into the environment of the test workers. */
export function testServer(name: 'MIRANTE_TEST_MYSQL' | 'MIRANTE_TEST_AMQP' | 'MIRANTE_TEST_RABBIT_MANAGEMENT'): URL {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this test needs servers, so it must be an int-spec or e2e-spec`);
  return new URL(value);
}
