/** A figure of a series at one time. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Answer<T> = { status: 'success'; data: T } | { status: 'error'; error: string };
type VectorData =
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: [number, string] }[] }
  | { resultType: 'scalar'; result: [number, string] };

export class PrometheusQueryError extends Error {
  constructor(expr: string, reason: string) {
    super(`${reason}, in ${expr}`);
    this.name = 'PrometheusQueryError';
  }
}

/** Questions to the HTTP API of a Prometheus. */
export class PrometheusApi {
  constructor(private readonly baseUrl: string) {}

  /** @throws PrometheusQueryError when Prometheus does not take the query */
  async query(expr: string): Promise<Sample[]> {
    const data = await this.ask<VectorData>('/api/v1/query', { query: expr }, expr);
    if (data.resultType === 'scalar') return [{ labels: {}, value: Number(data.result[1]) }];
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** @returns trace ids of the exemplars of all series in a query, within the last minutes */
  async exemplars(expr: string, minutes = 15): Promise<string[]> {
    const now = Date.now() / 1_000;
    const params = { query: expr, start: String(now - minutes * 60), end: String(now + 60) };
    type Series = { exemplars: { labels: Record<string, string> }[] };
    const data = await this.ask<Series[]>('/api/v1/query_exemplars', params, expr);
    return data.flatMap(({ exemplars }) => exemplars.flatMap(({ labels }) => labels['trace_id'] ?? []));
  }

  private async ask<T>(path: string, params: Record<string, string>, expr: string): Promise<T> {
    const response = await fetch(new URL(path, this.baseUrl), {
      method: 'POST',
      body: new URLSearchParams(params),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = (await response.json()) as Answer<T>;
    if (answer.status === 'error') throw new PrometheusQueryError(expr, answer.error);
    return answer.data;
  }
}
