import { createLogger, type InternalRoutes } from '#libs/observability';
import { FaultBoard, parseFaults } from './fault-board.js';
import { useFaultBoard } from './fault-points.js';
import { faultRoutes } from './fault-routes.js';
import type { FaultsConfig } from './faults.config.js';
import { FaultRefusedError } from './faults.errors.js';

const logger = createLogger('Faults');

/**
 * Lets faults be switched on in this process, and switches on those the configuration names. Does nothing, and loads
 * nothing, unless `MIRANTE_FAULTS_ENABLED` says so.
 *
 * @returns routes for the internal server; none while faults are not enabled
 * @throws FaultRefusedError when `MIRANTE_FAULTS` names what is no flag, or names one while faults are not enabled
 */
export async function enableFaults(config: FaultsConfig): Promise<InternalRoutes> {
  const asked = parseFaults(config.MIRANTE_FAULTS);
  if (!config.MIRANTE_FAULTS_ENABLED) {
    if (asked.length > 0) throw new FaultRefusedError('MIRANTE_FAULTS needs MIRANTE_FAULTS_ENABLED=true');
    return {};
  }
  // Declares metrics that must not be there otherwise.
  const [{ FaultMakers }, { faultActive }] = await Promise.all([
    import('./fault-makers.js'),
    import('./faults.metrics.js'),
  ]);
  const makers = new FaultMakers();
  const board = new FaultBoard((flag, on) => {
    makers.changed(flag, on);
    faultActive.set({ flag }, on ? 1 : 0);
    logger.warn(`the fault ${flag} is ${on ? 'on' : 'off'}`, { event: { action: 'fault-switched' } });
  });
  logger.warn('faults can be switched on in this process: it is not for real data', {
    event: { action: 'faults-enabled' },
  });
  useFaultBoard(board);
  for (const { flag, target } of asked) board.switchOn(flag, target);
  return faultRoutes(board);
}
