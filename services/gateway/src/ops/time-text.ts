/** Time of day of an instant, in UTC. */
export function clock(instant: string): string {
  return instant.slice(11, 19);
}

/** Day and time of an instant, in UTC. */
export function dayAndClock(instant: string): string {
  return `${instant.slice(0, 10)} ${clock(instant)}`;
}
