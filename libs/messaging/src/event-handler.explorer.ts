import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { EventHandler } from './event-handlers.js';
import { EVENT_HANDLER_METADATA, type EventHandlerMetadata } from './on-event.decorator.js';

type Method = (...parameters: unknown[]) => unknown;

/** Finds the methods that `@OnEvent` and `@OnEventBatch` mark, on every provider and controller of the application. */
@Injectable()
export class EventHandlerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  find(): EventHandler[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    // An alias (`useExisting`) shows the same object again.
    const instances = new Set(wrappers.map((wrapper) => wrapper.instance as unknown).filter(isObject));
    return [...instances].flatMap((instance) => this.handlersOf(instance));
  }

  private handlersOf(instance: object): EventHandler[] {
    const prototype = Object.getPrototypeOf(instance) as object | null;
    if (prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method = (instance as Record<string, unknown>)[name];
      if (typeof method !== 'function') return [];
      const metadata = Reflect.getMetadata(EVENT_HANDLER_METADATA, method) as EventHandlerMetadata | undefined;
      if (!metadata) return [];
      const where = `${instance.constructor.name}.${name}`;
      return [{ ...metadata, where, run: (method as Method).bind(instance) }];
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
