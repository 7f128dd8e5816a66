/** What the streams bench asks of its simulators; each question has one answer. */
export type SimulatorsAsk =
  /** `eventsPerSecond` are those of Jetstream, `matching` of them are posts about the tags. */
  | { do: 'grow'; postsPerSecond: number; eventsPerSecond: number; matching: number }
  | { do: 'stop' }
  | { do: 'state' }
  | { do: 'truth' };

export type SimulatorsSay =
  | { is: 'ready'; x: string; bearer: string; jetstream: string; profiles: string }
  /** Whether all tags are followed on both, and what was sent so far. */
  | { is: 'state'; ready: boolean; posts: number; events: number; connections: number }
  /** Ids of all posts a complete capture holds. */
  | { is: 'truth'; x: string[]; bluesky: string[] };
