export { enableFaults } from './enable-faults.js';
export { FaultBoard, parseFaults, type FaultState } from './fault-board.js';
export { FAULT_NAMES, type FaultFlag } from './fault-flags.data.js';
export { failIfAsked, faultIsOn, useFaultBoard, whileFaultIsOn } from './fault-points.js';
export { faultsConfigSchema, type FaultsConfig } from './faults.config.js';
export { FaultRefusedError, InjectedFault } from './faults.errors.js';
