import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ROUTE_METADATA } from './route.decorator.js';
import { matchesPath } from './route-path.domain.js';
import type { RouteDeclaration } from './route.js';

/** Every route the running application declares. */
@Injectable()
export class RouteCatalogue implements OnModuleInit {
  private declared: RouteDeclaration[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    this.declared = this.discovery.getControllers().flatMap(({ instance, metatype }) =>
      this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((name) => {
        const handler = (instance as Record<string, () => unknown>)[name]!;
        if (Reflect.getMetadata('path', handler) === undefined) return [];
        const route = this.reflector.get<RouteDeclaration | undefined>(ROUTE_METADATA, handler);
        if (!route) throw new Error(`${metatype?.name}.${name} handles a route that is not declared with @Route`);
        return [route];
      }),
    );
  }

  get routes(): readonly RouteDeclaration[] {
    return this.declared;
  }

  /** Methods with which something answers at this path; empty when nothing does. */
  allowedMethods(path: string): string[] {
    const methods = new Set(this.declared.filter((route) => matchesPath(route.path, path)).map(({ method }) => method));
    if (methods.size === 0) return [];
    return [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).concat('OPTIONS');
  }
}
