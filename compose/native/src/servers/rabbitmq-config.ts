import { join } from 'node:path';

export interface RabbitMqPorts {
  readonly amqp: number;
  readonly management: number;
  readonly prometheus: number;
  /** Erlang distribution, used by rabbitmqctl. */
  readonly dist: number;
  readonly epmd: number;
  /** Where rabbitmqctl itself listens while it runs. */
  readonly ctl: number;
}

/** Text of rabbitmq.conf: every listener on 127.0.0.1 only. */
export function rabbitMqConf(
  ports: RabbitMqPorts,
  login: { user: string; password: string },
  memoryLimitMiB: number,
  management: boolean,
): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    ...(management ? ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${ports.management}`] : []),
    'prometheus.tcp.ip = 127.0.0.1',
    `prometheus.tcp.port = ${ports.prometheus}`,
    `default_user = ${login.user}`,
    `default_pass = ${login.password}`,
    `vm_memory_high_watermark.absolute = ${memoryLimitMiB}MiB`,
    'disk_free_limit.absolute = 200MB',
    // The default of 512 MiB would let the write-ahead log of quorum queues grow to that in memory, too.
    `raft.wal_max_size_bytes = ${64 * 1024 * 1024}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    '',
  ].join('\n');
}

/** Environment that keeps a node inside its folder and away from other Erlang nodes of the machine. */
export function rabbitMqEnv(dir: string, node: string, ports: RabbitMqPorts): Record<string, string> {
  return {
    HOME: join(dir, 'home'),
    RABBITMQ_NODENAME: node,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(dir, 'rabbitmq.pid'),
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_CTL_DIST_PORT_MIN: String(ports.ctl),
    RABBITMQ_CTL_DIST_PORT_MAX: String(ports.ctl + 10),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP: join(dir, 'crash.dump'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes the start script replace itself by the Erlang VM instead of waiting for it, so that our child is the broker.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
