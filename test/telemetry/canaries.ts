import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceProcess } from '#libs/testing';
import { SERVICE_NAMES, type Stack } from '../harness/stack.js';

const secretText = () => randomBytes(32).toString('base64url');
const keyOf = (id: string) => `mir_${id}_${secretText()}`;

/** What must be nowhere but where it was put. */
export const CANARIES = {
  xToken: `AAAAAAAAAAAAAAAAAAAAAC${randomBytes(20).toString('hex')}%3D${randomBytes(20).toString('hex')}`,
  unknownKey: keyOf('canary111111'),
  malformedKey: `mir_canary222222_${secretText()}${secretText()}`,
  urlKey: keyOf('canary333333'),
  pathKey: keyOf('canary444444'),
  nameKey: keyOf('canary555555'),
  requestIdKey: keyOf('canary666666'),
  agentKey: keyOf('canary777777'),
  lineKey: keyOf('canary888888'),
  basicPassword: `basic${randomBytes(12).toString('hex')}`,
  cookie: `cookie${randomBytes(12).toString('hex')}`,
  queryToken: `query${randomBytes(12).toString('hex')}`,
  wrongDatabasePassword: `dbpass${randomBytes(12).toString('hex')}`,
  wrongBrokerPassword: `mqpass${randomBytes(12).toString('hex')}`,
};

/** Documentation addresses (RFC 5737, RFC 3849), and the networks that may be shown of them. */
export const CLIENT_V4 = '203.0.113.77';
export const CLIENT_V6 = '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1234';
export const NETWORKS = ['203.0.113.0', '2001:db8:aaaa::'];

/** A text where something was found, and the text itself. */
export interface Place {
  name: string;
  text: string;
}

/** Everything that is written down or told anywhere: logs, outputs, metrics, health, tables. */
export async function placesIn(stack: Stack, others: readonly ServiceProcess[]): Promise<Place[]> {
  return [...logFiles(stack), ...outputs(stack, others), ...(await metrics(stack)), ...(await tables(stack))];
}

function logFiles(stack: Stack): Place[] {
  return readdirSync(stack.logDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: `log ${entry.name}`, text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }));
}

function outputs(stack: Stack, others: readonly ServiceProcess[]): Place[] {
  return [...Object.values(stack.services), ...others].map(({ pid, logs, output }) => ({
    name: `output of ${pid}`,
    text: `${JSON.stringify(logs)}\n${output.join('\n')}`,
  }));
}

async function metrics(stack: Stack): Promise<Place[]> {
  return Promise.all(
    SERVICE_NAMES.flatMap((service) =>
      ['/metrics', '/health/ready', '/health/live', '/logging/levels'].map(async (path) => ({
        name: `${service}${path}`,
        text: await (await fetch(stack.internalUrls[service] + path)).text(),
      })),
    ),
  );
}

async function tables(stack: Stack): Promise<Place[]> {
  const found: Place[] = [];
  for (const service of SERVICE_NAMES) {
    const names = await stack.query<{ name: string }>(
      service,
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    for (const { name } of names) {
      const rows = await stack.query<Record<string, unknown>>(service, `SELECT * FROM \`${name}\``);
      found.push({ name: `table ${service}.${name}`, text: rows.map(rowText).join('\n') });
    }
  }
  return found;
}

/** Bytes are shown as text, as an event in the outbox is kept, and in hexadecimal, as a key would be. */
function rowText(row: Record<string, unknown>): string {
  return Object.values(row)
    .map((value) =>
      Buffer.isBuffer(value) ? `${value.toString('utf8')} ${value.toString('hex')}` : JSON.stringify(value),
    )
    .join(' ');
}

/** Where a text is, as it is or in one of the forms it may have been given. */
export function placesWith(places: readonly Place[], text: string): string[] {
  const bytes = Buffer.from(text);
  const forms = [text, encodeURIComponent(text), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
  return places.filter((place) => forms.some((form) => place.text.includes(form))).map(({ name }) => name);
}
