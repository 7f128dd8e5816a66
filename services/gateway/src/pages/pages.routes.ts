import { z } from 'zod';
import { defineRoute } from '../routes/route.js';

export const ASSETS = {
  'main.js': 'text/javascript; charset=utf-8',
  'visitors.js': 'text/javascript; charset=utf-8',
  'ops.js': 'text/javascript; charset=utf-8',
  'ops.css': 'text/css; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
export type AssetName = keyof typeof ASSETS;

const HTML = 'text/html; charset=utf-8';

export const homePageRoute = defineRoute({
  id: 'homePage',
  method: 'GET',
  path: '/',
  area: 'Pages',
  scope: 'public',
  summary: 'Main page',
  answer: { status: 200, description: 'The page', contentType: HTML },
  problems: [],
});

export const assetRoute = defineRoute({
  id: 'asset',
  method: 'GET',
  path: '/assets/:name',
  area: 'Pages',
  scope: 'public',
  summary: 'Script, style and icon of the pages',
  params: z.object({ name: z.enum(Object.keys(ASSETS) as AssetName[]).describe('file name') }),
  answer: { status: 200, description: 'The file', contentType: 'application/octet-stream' },
  problems: [],
  examples: { name: 'main.js' },
});

export const docsPageRoute = defineRoute({
  id: 'docsPage',
  method: 'GET',
  path: '/api/docs',
  area: 'Pages',
  scope: 'public',
  summary: 'This API, readable',
  answer: { status: 200, description: 'The page', contentType: HTML },
  problems: [],
});

export const openApiRoute = defineRoute({
  id: 'openApi',
  method: 'GET',
  path: '/api/openapi.json',
  area: 'Pages',
  scope: 'public',
  summary: 'This API as an OpenAPI 3.1 document',
  answer: {
    status: 200,
    description: 'The document',
    contentType: 'application/json',
    schema: z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) }),
    example: { openapi: '3.1.0', info: { title: 'Mirante', version: '0.1.0' }, paths: {} },
  },
  problems: [],
});
