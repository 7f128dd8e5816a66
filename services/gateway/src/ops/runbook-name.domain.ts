/** File of the runbook of an alert, without `.md`: `RabbitMqDiskAlarm` has `rabbit-mq-disk-alarm`. */
export function runbookOf(alert: string): string {
  return alert.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
