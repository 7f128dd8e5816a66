export { enableFaults } from './enable-faults.js';
export type { FaultBoard } from './fault-board.js';
export { FAULT_NAMES, type FaultFlag } from './fault-flags.data.js';
export { failIfAsked, faultIsOn, useFaultBoard, whileFaultIsOn } from './fault-points.js';
export { faultsConfigSchema, type FaultsConfig } from './faults.config.js';
export { FaultRefusedError } from './faults.errors.js';
