/**
 * Upper bounds in seconds of all latencies, as OpenTelemetry advises for `http.server.request.duration`. Rules and panels
 * may only use bounds of this list, so that a later move to native histograms stays local.
 */
export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
