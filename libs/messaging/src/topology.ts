import { CATALOGUE, type EventDefinition, type ServiceName } from '@reseller/contracts';

/** Names and bindings, derived from the catalogue alone, so that every process asserts the same. */
export class Topology {
  readonly exchange: string;
  private readonly definitions: ReadonlyMap<string, EventDefinition>;

  constructor(
    readonly namespace: string,
    readonly retryDelaysMs: readonly number[],
    private readonly catalogue: readonly EventDefinition[] = CATALOGUE,
  ) {
    this.exchange = `${namespace}domain-events`;
    this.definitions = new Map(catalogue.map((definition) => [definition.type, definition]));
  }

  /** The services that hear anything. */
  get services(): ServiceName[] {
    return [...new Set(this.catalogue.flatMap(({ heardBy }) => heardBy))];
  }

  typesHeardBy(service: ServiceName): string[] {
    return this.catalogue.filter(({ heardBy }) => heardBy.includes(service)).map(({ type }) => type);
  }

  definitionOf(type: string): EventDefinition | undefined {
    return this.definitions.get(type);
  }

  /** Whether somebody must get this type: all but those that the catalogue says nobody hears. */
  mustBeRouted(type: string): boolean {
    return this.definitions.get(type)?.heardBy.length !== 0;
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
