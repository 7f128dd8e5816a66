import { z } from 'zod';
import { defineEvent, defineRpc } from '#libs/contracts';

export const addNumbers = defineRpc({
  name: 'shop.numbers.add',
  input: z.object({ a: z.int(), b: z.int(), note: z.string().optional() }),
  output: z.object({ sum: z.int() }),
  timeoutMs: 3_000,
  idempotent: false,
});

export const addIdempotent = defineRpc({
  name: 'shop.numbers.look',
  input: z.object({ a: z.int() }),
  output: z.object({ a: z.int() }),
  timeoutMs: 5_000,
  idempotent: true,
});

export const failNumbers = defineRpc({
  name: 'shop.numbers.fail',
  input: z.object({ how: z.string() }),
  output: z.object({}),
  timeoutMs: 3_000,
  idempotent: false,
});

export const nobodyAnswers = defineRpc({
  name: 'nobody.numbers.add',
  input: z.object({}),
  output: z.object({}),
  idempotent: false,
});

export const orderPlaced = defineEvent({
  name: 'shop.order.placed.v1',
  payload: z.object({ order: z.int() }),
});

export const orderPaid = defineEvent({
  name: 'shop.order.paid.v1',
  payload: z.object({ order: z.int() }),
});
