import { CodedError } from '#libs/kernel';

/** A metric is declared in a way that Prometheus or an earlier declaration forbids (`METRICS.BAD_DECLARATION`). */
export class MetricDeclarationError extends CodedError {
  constructor(name: string, reason: string) {
    super('METRICS.BAD_DECLARATION', 'internal', `metric ${name}: ${reason}`);
  }
}
