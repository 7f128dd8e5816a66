import { userInfo } from 'node:os';
import { z } from 'zod';
import { loadConfig, url } from '#libs/config';

const configSchema = z.object({
  MIRANTE_ALERTMANAGER_URL: url('http', 'https').describe('where Alertmanager answers'),
});

const answerSchema = z.object({ silenceID: z.string() });

/**
 * Tells Alertmanager to keep pages and tickets to itself while somebody deploys. They still show.
 *
 * @returns id of the silence
 * @throws Error with what Alertmanager said when it refused
 */
export async function muteAlerts(minutes: number, why: string, env?: Record<string, string>): Promise<string> {
  const { MIRANTE_ALERTMANAGER_URL: address } = loadConfig(configSchema, env);
  const now = Date.now();
  const response = await fetch(new URL('/api/v2/silences', address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'severity', value: 'page|ticket', isRegex: true, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + minutes * 60_000).toISOString(),
      createdBy: userInfo().username,
      comment: why,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${text.trim()}`);
  return answerSchema.parse(JSON.parse(text)).silenceID;
}
