# __name__

One sentence: what this service is for.

- Starts with `npm run up`; alone, after a build: `node dist/services/__name__/src/main.js`.
- Migrates with `node dist/services/__name__/src/migrate.js`; `npm run up` and `npm run migrate` do it.

## Calls and events

| name | direction | meaning |
| --- | --- | --- |
| `__name__.greeting.make` | RPC in | the example call: a greeting for a name |
| `__name__.system.describe` | RPC in | version and health, for the operator's overview |

Queues: `rpc.__name__` for calls; `ev.__name__` appears with the first event this service listens to.

## Tables

| table | holds |
| --- | --- |
| `outbox`, `inbox` | events to be sent, messages that have had their effect |

## Variables

Besides those that every service has (database, broker, logs, internal port):

| variable | meaning | default |
| --- | --- | --- |
| `MIRANTE_GREETING` | first word of a greeting | `Hello` |
