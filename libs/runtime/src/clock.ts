/** Where the edges take the time from; the domain gets `now` as an argument. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Injection token of the process's {@link Clock}. */
export const CLOCK = Symbol('CLOCK');
