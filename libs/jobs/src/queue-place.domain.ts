/** What an estimate needs to know of a lane. */
export interface LaneLoad {
  vtime: number;
  weight: number;
  meanCost: number;
  ready: number;
  running: number;
  waitingJobs: number;
}

/** What stands before a waiting job in its own lane. */
export interface Ahead {
  jobs: number;
  slices: number;
}

/** Position (1 = next) and seconds until it starts; null while nobody works. */
export interface Estimate {
  position: number;
  startsInSeconds: number | null;
}

/**
 * The job starts when its lane's virtual time has passed what is ahead of it there. Until then every other lane is served
 * up to the same virtual time, or until it is empty. While no slot is free, what runs has half of its time before it.
 */
export function estimateStart(own: LaneLoad, ahead: Ahead, others: readonly LaneLoad[], slots: number): Estimate {
  const ownCost = ahead.slices * own.meanCost;
  const startsAt = own.vtime + ownCost / own.weight;
  let cost = ownCost;
  let jobs = ahead.jobs;
  const lanes = [own, ...others];
  if (sum(lanes.map((lane) => lane.running)) >= slots)
    cost += sum(lanes.map((lane) => lane.running * lane.meanCost)) / 2;
  for (const lane of others) {
    if (lane.ready <= 0) continue;
    const backlog = lane.ready * lane.meanCost;
    const served = Math.min(backlog, Math.max(0, startsAt - lane.vtime) * lane.weight);
    cost += served;
    jobs += Math.floor((lane.waitingJobs * served) / backlog);
  }
  return { position: jobs + 1, startsInSeconds: slots > 0 ? cost / slots : null };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
