import type { KibanaClient } from './kibana-client.js';
import type { Resource } from './resource.js';

export function kibanaResources(_kibana: KibanaClient, _version: unknown, _root: string): readonly Resource[] {
  return [];
}
