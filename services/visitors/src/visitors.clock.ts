/** Injection token of the {@link Clock} this service reads; a test puts another day in its place. */
export const CLOCK = Symbol('CLOCK');
