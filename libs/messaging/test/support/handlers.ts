import { Controller, Injectable } from '@nestjs/common';
import { sleep } from '#libs/kernel';
import { HandleRpc, OnEvent, OnEventBatch, type EventItem } from '../../src/index.js';
import { addIdempotent, addNumbers, orderPaid, orderPlaced } from './contracts.js';

@Injectable()
export class OrderConsumer {
  started: number[] = [];
  done: number[] = [];
  work: (order: number) => Promise<unknown> | void = () => undefined;

  @OnEvent(orderPlaced, { concurrency: 2 })
  async placed({ order }: { order: number }): Promise<void> {
    this.started.push(order);
    await this.work(order);
    this.done.push(order);
  }
}

@Injectable()
export class KilledConsumer extends OrderConsumer {
  override work = async (order: number) => {
    await (order === 1 ? new Promise(() => undefined) : sleep(20));
  };
}

@Injectable()
export class BatchConsumer {
  started: number[] = [];
  done: number[] = [];
  work: () => Promise<unknown> | void = () => undefined;

  @OnEventBatch(orderPaid, { maxItems: 2, maxWaitMs: 10 })
  async paid(items: Array<EventItem<{ order: number }>>): Promise<void> {
    const orders = items.map(({ payload }) => payload.order);
    this.started.push(...orders);
    await this.work();
    this.done.push(...orders);
  }
}

/** Adds after `b` milliseconds, or when the test opens the gate for a negative `b`. */
@Controller()
export class NumbersController {
  looks = 0;
  lookDelayMs = 0;
  openGate = () => {};
  private readonly gate = new Promise<void>((resolve) => (this.openGate = resolve));

  @HandleRpc(addNumbers)
  async add({ a, b }: { a: number; b: number }): Promise<{ sum: number }> {
    await (b < 0 ? this.gate : sleep(b));
    return { sum: a + b };
  }

  @HandleRpc(addIdempotent)
  async look({ a }: { a: number }): Promise<{ a: number }> {
    this.looks++;
    await sleep(this.lookDelayMs);
    return { a };
  }
}
