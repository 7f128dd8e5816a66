import type { AlertReceivers, Mail } from './alert-receivers.config.js';

/** How long Alertmanager waits for more of the same. */
export interface AlertPace {
  /** Before a group is told of for the first time. */
  readonly groupWait: string;
  /** Before what joined a group is told of. */
  readonly groupInterval: string;
}

/** Of a deployment that people sleep next to. */
export const DEPLOYED_PACE: AlertPace = { groupWait: '30s', groupInterval: '5m' };

const WORKING_HOURS = 'working-hours';
/** Servers, not services of ours: one outage of theirs has many alerts. */
const SERVERS = 'service=~"rabbitmq|mysql"';
const CAUSES = 'alertname=~"MysqlDown|RabbitMqMemoryAlarm|RabbitMqDiskAlarm"';
const CONSEQUENCES = 'alertname=~"OutboxOld|StuckConsumer|QueueGrowing|JobQueueOld|IngestStalled|.+ErrorBudgetBurn"';

/** Configuration of Alertmanager 0.25 and later: routes by severity, then service. */
export function alertmanagerConfig(receivers: AlertReceivers, pace: AlertPace = DEPLOYED_PACE) {
  const { workingHours } = receivers;
  return {
    route: {
      receiver: 'shown',
      group_by: ['alertname', 'service', 'slo'],
      group_wait: pace.groupWait,
      group_interval: pace.groupInterval,
      repeat_interval: '4h',
      routes: [
        {
          matchers: ['alertname="Watchdog"'],
          receiver: 'heartbeat',
          group_by: ['alertname'],
          group_wait: '0s',
          // Repeated at the first of these that comes later than that: once a minute.
          group_interval: '30s',
          repeat_interval: '45s',
        },
        {
          matchers: ['severity="page"'],
          receiver: 'page',
          repeat_interval: '1h',
          routes: [{ matchers: [SERVERS], receiver: 'page', group_by: ['service'] }],
        },
        {
          matchers: ['severity="ticket"'],
          receiver: 'ticket',
          repeat_interval: '1d',
          ...(workingHours && { active_time_intervals: [WORKING_HOURS] }),
          routes: [
            {
              matchers: [SERVERS],
              receiver: 'ticket',
              group_by: ['service'],
              ...(workingHours && { active_time_intervals: [WORKING_HOURS] }),
            },
          ],
        },
      ],
    },
    inhibit_rules: [
      {
        // The same objective burns in several windows; the ticket says nothing the page does not.
        source_matchers: ['severity="page"', 'slo=~".+"'],
        target_matchers: ['severity="ticket"', 'slo=~".+"'],
        equal: ['service', 'slo'],
      },
      {
        // A service that does not answer has no other news.
        source_matchers: ['alertname="TargetDown"', 'job="mirante"'],
        target_matchers: ['severity="ticket"', 'alertname!="TargetDown"'],
        equal: ['service'],
      },
      { source_matchers: [CAUSES], target_matchers: [CONSEQUENCES] },
    ],
    receivers: [
      { name: 'shown' },
      { name: 'heartbeat', ...webhook(receivers.heartbeatUrl) },
      { name: 'page', ...webhook(receivers.webhookUrl), ...mail(receivers.mail) },
      { name: 'ticket', ...webhook(receivers.webhookUrl), ...mail(receivers.mail) },
    ],
    ...(workingHours && {
      time_intervals: [
        {
          name: WORKING_HOURS,
          time_intervals: [
            {
              weekdays: ['monday:friday'],
              times: [{ start_time: workingHours.from, end_time: workingHours.to }],
              location: workingHours.timeZone,
            },
          ],
        },
      ],
    }),
  };
}

function webhook(url: string | undefined) {
  return url === undefined ? {} : { webhook_configs: [{ url, send_resolved: true }] };
}

function mail(to: Mail | undefined) {
  if (!to) return {};
  return {
    email_configs: [
      {
        to: to.to,
        from: to.from,
        smarthost: to.smarthost,
        require_tls: to.requireTls,
        ...(to.user !== undefined && { auth_username: to.user }),
        ...(to.password !== undefined && { auth_password: to.password }),
        send_resolved: true,
        headers: { Subject: SUBJECT },
        html: '',
        text: TEXT,
      },
    ],
  };
}

const SUBJECT =
  '[{{ .CommonLabels.severity }}{{ if eq .Status "resolved" }}, over{{ end }}] ' +
  '{{ .GroupLabels.SortedPairs.Values | join " " }}';

const TEXT = [
  '{{ range .Alerts }}{{ .Annotations.summary }}{{ if eq .Status "resolved" }} (over){{ end }}',
  '{{ .Annotations.description }}',
  'What to do:    {{ .Annotations.runbook_url }}',
  'Where to look: {{ .Annotations.dashboard_url }}',
  'Since {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC',
  '',
  '{{ end }}',
].join('\n');
