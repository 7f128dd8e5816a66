import { counter, gauge } from '#libs/observability';

export const faultActive = gauge({
  name: 'fault_active',
  help: '1 while a fault is on that somebody asked for; only where faults are enabled',
  labelNames: ['flag'],
});

export const stormObservations = counter({
  name: 'fault_storm_observations_total',
  help: 'Observations of the fault cardinality-storm, each with a label value of its own; only where faults are enabled',
  labelNames: ['value'],
});
