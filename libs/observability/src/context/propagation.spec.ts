import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context as otel, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '#libs/kernel';
import { contextFromHeaders, injectTraceHeaders, traceparentOf } from './propagation.js';
import { childContext, currentContext, newContext, runInContext } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${SPAN}-01`;

describe('contextFromHeaders', () => {
  it("should continue the caller's trace with a span of its own", () => {
    const sut = contextFromHeaders({ traceparent, tracestate: 'rojo=1', 'x-request-id': 'order-7' });
    expect(sut).toEqual({
      traceId: TRACE,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId: SPAN,
      sampled: true,
      traceState: 'rojo=1',
      requestId: 'order-7',
    });
    expect(sut.spanId).not.toBe(SPAN);
  });

  it('should start a trace, and leave out the state, when the parent is not valid', () => {
    const sut = contextFromHeaders({ traceparent: 'nonsense', tracestate: 'rojo=1' });
    expect(sut.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(sut).toMatchObject({ sampled: true, requestId: sut.traceId });
    expect(sut).not.toHaveProperty('traceState');
    expect(sut).not.toHaveProperty('parentSpanId');
  });

  it.each(['a b', 'a\nb', '"x"', '../../etc', '', '-x', 'é', 'x'.repeat(129), ['a'], 5, '{"a":1}', '<script>'])(
    'should replace the request id %j by the trace id',
    (given) => {
      const sut = contextFromHeaders({ 'x-request-id': given });
      expect(sut.requestId).toBe(sut.traceId);
    },
  );

  it('should not let a secret travel that a stranger put in a wrong place', () => {
    const key = 'mir_7f3a7f3a7f3a_Zm9vYmFyLV8';
    const headers = {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      tracestate: `k=${key}`,
      'x-request-id': key,
    };
    const sut = contextFromHeaders(headers, { trusted: false });
    expect(JSON.stringify(sut)).not.toContain('Zm9vYmFyLV8');
    expect(sut.requestId).toBe(sut.traceId);
  });

  it('should switch on debug logs only for those who are trusted', () => {
    const headers = { traceparent, tracestate: 'mirante=debug,rojo=1' };
    expect(contextFromHeaders(headers)).toMatchObject({ debug: true, traceState: 'rojo=1' });
    expect(contextFromHeaders(headers, { trusted: false })).not.toHaveProperty('debug');
  });
});

describe('contextFromHeaders beside an OpenTelemetry SDK', () => {
  const active = new AsyncLocalStorage<Context>();
  const span = { traceId: TRACE, spanId: '1111111111111111', traceFlags: TraceFlags.NONE };
  const withSpan = <T>(fn: () => T): T => otel.with(trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(span)), fn);

  beforeAll(() => {
    otel.setGlobalContextManager({
      active: () => active.getStore() ?? ROOT_CONTEXT,
      with: (context, fn, self, ...args) => active.run(context, () => fn.call(self, ...args)),
      bind: (_context, target) => target,
      enable: () => otel as never,
      disable: () => otel as never,
    });
  });
  afterAll(() => otel.disable());

  it("should take the SDK's span for its own", () => {
    expect(withSpan(() => contextFromHeaders({ traceparent }))).toEqual({
      traceId: TRACE,
      spanId: '1111111111111111',
      parentSpanId: SPAN,
      sampled: false,
      requestId: TRACE,
    });
    expect(withSpan(() => contextFromHeaders({})).traceId).toBe(TRACE);
    expect(contextFromHeaders({ traceparent }).spanId).not.toBe('1111111111111111');
  });

  it('should not name a parent of another trace', () => {
    const other = `00-${'a'.repeat(32)}-${SPAN}-01`;
    expect(withSpan(() => contextFromHeaders({ traceparent: other }))).not.toHaveProperty('parentSpanId');
  });
});

describe('injectTraceHeaders', () => {
  it('should write nothing outside of a context', () => {
    const headers = {};
    injectTraceHeaders(headers);
    expect(headers).toEqual({});
  });

  it('should give the next hop everything it needs', () => {
    const context = { ...contextFromHeaders({ traceparent, tracestate: 'rojo=1', 'x-request-id': 'r1' }), debug: true };
    const headers: Record<string, unknown> = {};
    runInContext(context, () => injectTraceHeaders(headers));
    expect(headers).toEqual({
      traceparent: `00-${TRACE}-${context.spanId}-01`,
      tracestate: 'mirante=debug,rojo=1',
      'x-request-id': 'r1',
    });
    const next = contextFromHeaders(headers);
    expect(next).toEqual({ ...context, spanId: next.spanId, parentSpanId: context.spanId });
  });

  it('should keep an unsampled trace unsampled', () => {
    expect(traceparentOf(contextFromHeaders({ traceparent: `00-${TRACE}-${SPAN}-00` }))).toMatch(/-00$/);
  });
});

describe('runInContext', () => {
  it('should keep the contexts of parallel work apart', async () => {
    const contexts = Array.from({ length: 50 }, () => newContext());
    const seen = await Promise.all(
      contexts.map((context) =>
        runInContext(context, async () => {
          await sleep(Math.random() * 10);
          await Promise.resolve();
          return currentContext();
        }),
      ),
    );
    expect(seen).toEqual(contexts);
    expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(50);
    expect(currentContext()).toBeUndefined();
  });

  it('should give a child the trace of its parent', () => {
    const parent = { ...newContext(), traceState: 'rojo=1', debug: true };
    const child = runInContext(parent, () => childContext());
    expect(child).toEqual({ ...parent, spanId: child.spanId, parentSpanId: parent.spanId });
    expect(childContext()).not.toHaveProperty('parentSpanId');
  });
});
