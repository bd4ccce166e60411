// Every call of the storm, counted. An answer is never an error by itself; what must not be is a complaint.
import { setTimeout as sleep } from 'node:timers/promises';

/** What a killed process is answered for, or a gateway that is gone itself. */
const FOR_THE_DEAD = new Set([502, 503, 504]);
/** After a process answers again, callers' breakers and pools need a moment to see it. */
const GRACE_MS = 8_000;
const CALL_TIMEOUT_MS = 30_000;
const COMPLAINTS_SHOWN = 20;

const byName = ([a], [b]) => a.localeCompare(b);

export class Calls {
  constructor() {
    this.actions = new Map();
    this.answers = new Map();
    this.complaints = [];
    /** Processes that are down, or were a moment ago: name → until when it excuses what it does not answer. */
    this.excused = new Map();
  }

  did(action) {
    this.actions.set(action, (this.actions.get(action) ?? 0) + 1);
  }

  complain(text) {
    this.complaints.push(text);
  }

  isDown(name) {
    this.excused.set(name, Infinity);
  }

  isBack(name) {
    this.excused.set(name, Date.now() + GRACE_MS);
  }

  /** Whether something was down at any time since. */
  #isExcused(sinceMs) {
    return [...this.excused.values()].some((untilMs) => untilMs >= sinceMs);
  }

  client(baseUrl, headers = {}) {
    const call = (method, path, body, more) =>
      this.#call(baseUrl, { method, path, body, headers: { ...headers, ...more } });
    return {
      get: (path, more) => call('GET', path, undefined, more),
      post: (path, body = {}, more = {}) => call('POST', path, body, more),
      patch: (path, body = {}, more = {}) => call('PATCH', path, body, more),
      with: (more) => this.client(baseUrl, { ...headers, ...more }),
    };
  }

  /** @returns {Promise<{ status: number, body: any }>} status 0 where nobody answered */
  async #call(baseUrl, { method, path, body, headers }) {
    const startedAtMs = Date.now();
    const name = `${method} ${path.split('?')[0].replaceAll(/[0-9a-f-]{36}|(order|pay)_\w+|\d{4,}/g, '…')}`;
    let answer;
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const text = await response.text();
      answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch (error) {
      answer = { status: 0, body: { code: error.cause?.code ?? error.name } };
    }
    this.#judge(name, answer, startedAtMs);
    // Somebody whose shop does not answer tries again, but not a thousand times a second.
    if (answer.status === 0 || answer.status >= 500) await sleep(200);
    return answer;
  }

  #judge(name, { status, body }, startedAtMs) {
    const counts = this.answers.get(name) ?? new Map();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    this.answers.set(name, counts);
    if (status !== 0 && status < 500) return;
    const mayBe = (status === 0 || FOR_THE_DEAD.has(status)) && this.#isExcused(startedAtMs);
    if (!mayBe) this.complain(`${name} answered ${status} ${JSON.stringify(body)} at ${new Date().toISOString()}`);
  }

  report(print) {
    print('\nDone:');
    for (const [action, count] of [...this.actions].toSorted(byName))
      print(`  ${String(count).padStart(6)}  ${action}`);
    print('\nAnswers:');
    for (const [name, counts] of [...this.answers].toSorted(byName)) {
      const shown = [...counts]
        .toSorted(([a], [b]) => a - b)
        .map(([status, count]) => `${status || 'none'} × ${count}`);
      print(`  ${name}: ${shown.join(', ')}`);
    }
    for (const complaint of this.complaints.slice(0, COMPLAINTS_SHOWN)) print(`COMPLAINT  ${complaint}`);
    const more = this.complaints.length - COMPLAINTS_SHOWN;
    if (more > 0) print(`and ${more} complaints more.`);
  }
}
