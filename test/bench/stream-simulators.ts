import { startJetstreamSimulator, startXSimulator } from '../simulators/index.js';
import type { SimulatorsAsk, SimulatorsSay } from './stream-simulators.types.js';

/** The simulators of the streams bench, in a process that takes no time from what is measured but that of the machine. */
const tags = process.argv.slice(2);
const LIMIT = { limit: 1_000_000, windowMs: 900_000 };

const x = await startXSimulator({
  stream: { maxBufferedBytes: 64 * 1024 * 1024 },
  limits: { search: LIMIT, lookup: LIMIT, rules: LIMIT, stream: LIMIT },
  // X tells of no edit or deletion over its stream: what is stored in the end is exactly what was written.
  timeline: { tags: tags.map((tag) => ({ tag, weight: 1 })), edits: 0, deletions: 0 },
});
const sky = await startJetstreamSimulator({ tags, accounts: 5_000, keepEvents: 100_000 });
let delivered = 0;
// Only posts and what concerns accounts reach a reader that asks for posts.
sky.network.onEvent(({ collection }) => (delivered += collection.endsWith('.like') ? 0 : 1));

function say(message: SimulatorsSay): void {
  process.send!(message);
}

process.on('message', (ask: SimulatorsAsk) => {
  if (ask.do === 'grow') {
    x.timeline.grow(ask.postsPerSecond);
    // Half of what is not about a tag are likes, which the simulator sends to nobody who asks for posts.
    sky.network.grow({
      postsPerSecond: ask.matching,
      junkPerSecond: Math.round((ask.eventsPerSecond - ask.matching) * 2),
    });
  } else if (ask.do === 'stop') {
    x.timeline.stop();
    sky.network.stop();
  }
  if (ask.do === 'truth') {
    say({
      is: 'truth',
      x: [...new Set(tags.flatMap((tag) => x.truth(tag).posts.map(({ id }) => id)))],
      bluesky: [...new Set(tags.flatMap((tag) => sky.truth(tag).posts.map(({ uri }) => uri)))],
    });
  } else {
    say({
      is: 'state',
      ready: x.stream.open > 0 && x.rules.size === tags.length && sky.connections.open > 0,
      posts: x.stream.delivered,
      events: delivered,
      connections: sky.connections.ever,
    });
  }
});
process.once('disconnect', () => process.exit());

say({ is: 'ready', x: x.url, bearer: x.bearer, jetstream: sky.url, profiles: sky.apiUrl });
