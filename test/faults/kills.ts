/** How often each part is killed: few in the suite, more with `MIRANTE_TEST_KILLS=25 npm test -- test/faults`. */
export const KILLS = Number(process.env['MIRANTE_TEST_KILLS'] ?? 4);

/** A run is repeated with `MIRANTE_TEST_SEED`. */
export const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);
