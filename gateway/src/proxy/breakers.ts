import CircuitBreaker from 'opossum';
import type { ServiceName } from '@reseller/contracts';
import { DomainError } from '@reseller/runtime';

type Forward = () => Promise<void>;
export type Breaker = CircuitBreaker<[Forward], void>;

/** Refused bodies and callers who hang up say nothing about the service; else anybody could switch it off. */
const isNoSignOfIllness = (error: unknown): boolean =>
  error instanceof DomainError && error.kind !== 'unavailable' && error.kind !== 'timeout';

/**
 * One circuit per service. Only "nobody answered" counts as failure; whatever a service answers, a 500 included, is its
 * own business. Open, it refuses at once for two seconds and then lets one request try.
 */
export class Breakers {
  private readonly breakers = new Map<ServiceName, Breaker>();

  of(service: ServiceName): Breaker {
    const known = this.breakers.get(service);
    if (known !== undefined) return known;
    const breaker: Breaker = new CircuitBreaker((forward: Forward) => forward(), {
      timeout: false,
      volumeThreshold: 10,
      errorThresholdPercentage: 50,
      resetTimeout: 2_000,
      rollingCountTimeout: 10_000,
      errorFilter: isNoSignOfIllness,
    });
    this.breakers.set(service, breaker);
    return breaker;
  }

  shutdown(): void {
    for (const breaker of this.breakers.values()) breaker.shutdown();
  }
}
