import { applyDecorators, Header, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { RouteDeclaration } from './route.js';

export const ROUTE_METADATA = 'mirante:route';

/** Binds a controller method to its declaration; the method's name in Nest's own table is the declaration's path. */
export function Route(route: RouteDeclaration): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
    HttpCode(route.answer.status),
    ...(route.answer.contentType === undefined ? [] : [Header('content-type', route.answer.contentType)]),
    SetMetadata(ROUTE_METADATA, route),
  );
}
