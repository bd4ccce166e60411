import { CATALOGUE, type EventDefinition, type ServiceName } from '@reseller/contracts';

export interface QueueBinding {
  readonly queue: string;
  readonly types: readonly string[];
}

/** Names and bindings, derived from the catalogue alone, so that every process asserts the same. */
export class Topology {
  readonly exchange: string;
  private readonly unheard: ReadonlySet<string>;

  constructor(
    readonly namespace: string,
    readonly retryDelaysMs: readonly number[],
    private readonly catalogue: readonly EventDefinition[] = CATALOGUE,
  ) {
    this.exchange = `${namespace}domain-events`;
    this.unheard = new Set(catalogue.filter(({ heardBy }) => heardBy.length === 0).map(({ type }) => type));
  }

  /** The services that hear anything. */
  get services(): ServiceName[] {
    return [...new Set(this.catalogue.flatMap(({ heardBy }) => heardBy))];
  }

  typesHeardBy(service: ServiceName): string[] {
    return this.catalogue.filter(({ heardBy }) => heardBy.includes(service)).map(({ type }) => type);
  }

  definitionOf(type: string): EventDefinition | undefined {
    return this.catalogue.find((definition) => definition.type === type);
  }

  /** Whether somebody must get this type: all but those that the catalogue says nobody hears. */
  mustBeRouted(type: string): boolean {
    return !this.unheard.has(type);
  }

  queue(service: ServiceName): string {
    return `${this.namespace}${service}.events`;
  }

  deadQueue(service: ServiceName): string {
    return `${this.namespace}${service}.dead`;
  }

  /** Named by its delay, so that another ladder makes other queues instead of contradicting those that exist. */
  retryQueue(service: ServiceName, delayMs: number): string {
    return `${this.namespace}${service}.retry.${delayMs}ms`;
  }
}
