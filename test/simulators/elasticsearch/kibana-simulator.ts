import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, sendJson } from '../common/http.js';
import type { ElasticsearchFault, Json } from './contract.js';
import { FaultPlan } from './fault-plan.js';

export interface KibanaSimulatorOptions {
  version?: string;
  /** Value of the `Authorization` header that is asked for. */
  authorization?: string;
  /** What a dashboard of the API has to be; gives the problem with one that is not. */
  checkDashboard?: (body: Json) => string | undefined;
}

export interface KibanaSimulator {
  readonly url: string;
  /** By `<type> <id>`. */
  readonly objects: Map<string, Json>;
  /** Dashboards that came over the API, by id. */
  readonly dashboards: Map<string, Json>;
  /** Alert rules, by id. */
  readonly rules: Map<string, Json>;
  readonly writes: string[];
  fail(fault: ElasticsearchFault): void;
  close(): Promise<void>;
}

/**
 * A stand-in of Kibana: status, import and export of saved objects, and the Dashboards API, in memory. It insists on the header
 * against forged requests and on references that resolve. It knows nothing of what Kibana draws or how it brings objects up to date.
 */
export async function startKibanaSimulator({
  version = '9.5.2',
  authorization,
  checkDashboard = () => undefined,
}: KibanaSimulatorOptions = {}): Promise<KibanaSimulator> {
  const objects = new Map<string, Json>();
  const dashboards = new Map<string, Json>();
  const rules = new Map<string, Json>();
  const writes: string[] = [];
  const faults = new FaultPlan();

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { pathname } = new URL(request.url!, 'http://kibana');
    const method = request.method ?? 'GET';
    const fault = faults.take(pathname);
    if (fault === 'away') return void request.socket.destroy();
    const refuse = (status: number, message: string) => sendJson(response, status, { statusCode: status, message });
    if (fault === 'unavailable') return refuse(503, 'Kibana server is not ready yet');
    if (pathname === '/api/status') {
      const level = fault === 'red' ? 'degraded' : 'available';
      return sendJson(response, 200, { version: { number: version }, status: { overall: { level } } });
    }
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return refuse(401, 'Unauthorized');
    if (method !== 'GET' && request.headers['kbn-xsrf'] === undefined)
      return refuse(400, 'Request must contain a kbn-xsrf header.');
    const isExport = pathname === '/api/saved_objects/_export';
    if (method !== 'GET' && !isExport) writes.push(`${method} ${pathname}`);
    if (isExport) return exportObjects(body, response, refuse);
    if (pathname === '/api/saved_objects/_import') return importObjects(body, response);
    const [, rule, enable] = /^\/api\/alerting\/rule\/([^/]+)(\/_enable)?$/.exec(pathname) ?? [];
    if (rule !== undefined) return answerRule(method, rule, enable !== undefined, body, response, refuse);
    const id = /^\/api\/dashboards\/([^/]+)$/.exec(pathname)?.[1];
    if (id === undefined || version < '9.4') return refuse(404, `Not Found: ${pathname}`);
    if (method === 'PUT') return putDashboard(id, JSON.parse(body) as Json, response, refuse);
    const data = dashboards.get(id);
    return data ? sendJson(response, 200, { id, data, meta: { managed: false } }) : refuse(404, `A dashboard with ID ${id} was not found.`); // prettier-ignore
  };

  const answerRule = (
    method: string,
    id: string,
    enable: boolean,
    body: string,
    response: ServerResponse,
    refuse: (status: number, message: string) => void,
  ) => {
    const known = rules.get(id);
    const given = body === '' ? {} : (JSON.parse(body) as Json);
    if (method === 'POST' && !enable) {
      if (known) return refuse(409, `Saved object [alert/${id}] conflict`);
      rules.set(id, { id, ...given });
    } else if (!known) return refuse(404, `Saved object [alert/${id}] not found`);
    else if (enable) rules.set(id, { ...known, enabled: true });
    else if (method === 'PUT') {
      // What a rule is cannot be changed, and naming it is refused.
      const fixed = ['rule_type_id', 'consumer', 'enabled'].find((name) => name in given);
      if (fixed !== undefined) return refuse(400, `[request body.${fixed}]: definition for this key is missing`);
      const isTold = (given['actions'] as Json[]).some((action) => 'connector_type_id' in action);
      if (isTold) return refuse(400, '[request body.actions.0.connector_type_id]: definition for this key is missing');
      rules.set(id, { ...known, ...given });
    }
    sendJson(response, 200, rules.get(id));
  };

  const exportObjects = (body: string, response: ServerResponse, refuse: (status: number, message: string) => void) => {
    const wanted = (JSON.parse(body) as { objects: Array<{ type: string; id: string }> }).objects;
    const missing = wanted.filter(({ type, id }) => !objects.has(`${type} ${id}`));
    if (missing.length > 0) return refuse(400, `Error fetching objects to export: ${missing[0]!.id} not found`);
    response.writeHead(200, { 'content-type': 'application/ndjson' });
    response.end(wanted.map(({ type, id }) => JSON.stringify(objects.get(`${type} ${id}`))).join('\n'));
  };

  const importObjects = (body: string, response: ServerResponse) => {
    const lines = body.split(/\r?\n/).filter((line) => line.startsWith('{'));
    const coming = lines.map((line) => JSON.parse(line) as Json & { type: string; id: string });
    const known = new Set([...objects.keys(), ...coming.map(({ type, id }) => `${type} ${id}`)]);
    const errors = coming.flatMap(({ type, id, references }) =>
      (references as Array<{ type: string; id: string }>)
        .filter((to) => !known.has(`${to.type} ${to.id}`))
        .map((to) => ({ type, id, error: { type: 'missing_references', references: [to] } })),
    );
    if (errors.length === 0) for (const object of coming) objects.set(`${object.type} ${object.id}`, object);
    sendJson(response, 200, { success: errors.length === 0, successCount: coming.length - errors.length, errors });
  };

  const putDashboard = (
    id: string,
    body: Json,
    response: ServerResponse,
    refuse: (status: number, message: string) => void,
  ) => {
    const problem = checkDashboard(body);
    if (problem !== undefined) return refuse(400, problem);
    const isNew = !dashboards.has(id);
    dashboards.set(id, body);
    sendJson(response, isNew ? 201 : 200, { id, data: body, meta: {} });
  };

  const server = await listen(handle);
  return {
    url: server.url,
    objects,
    dashboards,
    rules,
    writes,
    fail: (fault) => faults.add(fault),
    close: server.close,
  };
}
