import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An alert as Alertmanager posts it to a webhook. */
export interface ReceivedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
}

/** A webhook that keeps what it is sent. */
export interface AlertInbox {
  readonly url: string;
  readonly received: readonly ReceivedAlert[];
  close(): Promise<void>;
}

export async function openAlertInbox(): Promise<AlertInbox> {
  const received: ReceivedAlert[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as { alerts: Omit<ReceivedAlert, 'at'>[] };
      received.push(...alerts.map((alert) => ({ ...alert, at: Date.now() })));
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
