import type { VariableSpec } from './dashboard-spec.js';

/** Services that show `metric`, and their processes. */
export function serviceVariables(metric = 'build_info'): VariableSpec[] {
  return [
    { name: 'service', label: 'Service', selector: `${metric}{job="mirante"}`, of: 'service' },
    {
      name: 'instance',
      label: 'Process',
      selector: `${metric}{job="mirante", service=~"$service"}`,
      of: 'instance',
    },
  ];
}

export const BROKER_VARIABLE: VariableSpec = {
  name: 'broker',
  label: 'Broker',
  selector: 'rabbitmq_build_info{job="rabbitmq"}',
  of: 'instance',
};

export const DATABASE_VARIABLE: VariableSpec = {
  name: 'database',
  label: 'Database',
  selector: 'mysql_up{job="mysql"}',
  of: 'instance',
};

export const PROMETHEUS_VARIABLE: VariableSpec = {
  name: 'prometheus',
  label: 'Prometheus',
  selector: 'prometheus_build_info{job="prometheus"}',
  of: 'instance',
};

export const ALERTMANAGER_VARIABLE: VariableSpec = {
  name: 'alertmanager',
  label: 'Alertmanager',
  selector: 'alertmanager_build_info{job="alertmanager"}',
  of: 'instance',
};
