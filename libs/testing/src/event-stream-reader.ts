export interface TestStreamEvent<T = unknown> {
  readonly id: string | undefined;
  readonly event: string;
  /** Parsed. Its type is the caller's claim. */
  readonly data: T;
}

/** An open stream of server-sent events. */
export interface TestEventStream {
  readonly status: number;
  readonly headers: Headers;
  /** As `EventSource` keeps it: also from blocks that have no data. */
  lastEventId(): string | undefined;
  /** Lines that were comments. */
  comments(): readonly string[];
  retryMs(): number | undefined;
  /** The next event; waits for it. @throws when the stream is at its end, or has been silent for too long */
  next<T = unknown>(): Promise<TestStreamEvent<T>>;
  /** What came before the stream ended; waits for the end. @throws when it broke off instead of ending */
  rest(): Promise<TestStreamEvent[]>;
  /** Goes away. */
  close(): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Reads a stream as the HTML standard parses it, as far as tests need it. */
export async function readEvents(url: URL, headers: Readonly<Record<string, string>>): Promise<TestEventStream> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const parser = new Parser();
  const reading = parser.read(response).catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    lastEventId: () => parser.lastEventId,
    comments: () => parser.comments,
    retryMs: () => parser.retryMs,
    next: async <T>() => (await parser.next()) as TestStreamEvent<T>,
    rest: () => parser.rest(),
    close: async () => {
      leaving.abort();
      await reading;
    },
  };
}

class Parser {
  lastEventId: string | undefined;
  retryMs: number | undefined;
  readonly comments: string[] = [];
  private readonly events: TestStreamEvent[] = [];
  private end: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  async read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
      this.end = { error: undefined };
    } catch (error) {
      this.end = { error };
    } finally {
      this.wake();
    }
  }

  async next(): Promise<TestStreamEvent> {
    await this.until(() => this.events.length > 0 || this.end !== undefined);
    const event = this.events.shift();
    if (event === undefined) throw new Error('the stream is at its end', { cause: this.end?.error });
    return event;
  }

  async rest(): Promise<TestStreamEvent[]> {
    await this.until(() => this.end !== undefined);
    if (this.end?.error !== undefined) throw new Error('the stream broke off', { cause: this.end.error });
    return this.events.splice(0);
  }

  private take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === '') this.comments.push(value);
      else fields.set(name, value);
    }
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const retry = fields.get('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const data = fields.get('data');
    if (data !== undefined) {
      this.events.push({ id: this.lastEventId, event: fields.get('event') ?? 'message', data: JSON.parse(data) });
    }
    this.wake();
  }

  private async until(isSo: () => boolean): Promise<void> {
    const giveUp = AbortSignal.timeout(PATIENCE_MS);
    while (!isSo()) {
      await new Promise<void>((resolve, reject) => {
        this.wake = resolve;
        giveUp.addEventListener('abort', () => reject(new Error('the stream said nothing more')), { once: true });
      });
    }
  }
}
