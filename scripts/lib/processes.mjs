// Child processes of a platform: started with their log in a file, restarted when they crash, stopped together.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './repo.mjs';

const stopTimeoutMs = 12_000;
const firstRestartDelayMs = 500;
const longestRestartDelayMs = 10_000;
/** A process that ran this long has recovered: its next crash is a first one again. */
const recoveredAfterMs = 30_000;
const crashesBeforeGivingUp = 3;
/** A process that answers, but lacks something for this long, will not get it by itself. */
const patienceMs = 15_000;

/**
 * One process that is kept running until `stop`. A crash is told to `onCrash` and followed by a new start, each time a
 * little later.
 */
export class KeptProcess {
  #child;
  #stopping = false;
  #stopsAsked = 0;
  #restartDelayMs = firstRestartDelayMs;
  #timer;
  /** Since it last ran long enough to count as recovered. */
  crashes = 0;

  constructor({ name, dir, script, env, logDir, healthUrl, onCrash }) {
    Object.assign(this, { name, dir, script, env, healthUrl, onCrash });
    this.logFile = path.join(logDir, `${name}.log`);
    mkdirSync(logDir, { recursive: true });
  }

  get pid() {
    return this.#child?.pid;
  }

  start() {
    const log = openSync(this.logFile, 'a');
    const startedAt = Date.now();
    // A group of its own: Ctrl-C in the terminal reaches only us, and we stop things in order. The message channel closes
    // when we die, which the child takes as a request to stop.
    this.#child = spawn(process.execPath, [this.script], {
      cwd: path.join(root, this.dir),
      env: { ...process.env, ...this.env },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.#child.once('exit', (code, signal) => this.#exited(code, signal, startedAt));
  }

  /** Stops and starts it again, with the code as it now is. A restart or a stop asked for meanwhile has the last word. */
  async restart() {
    const stopped = this.stop();
    const asked = this.#stopsAsked;
    await stopped;
    if (this.#stopsAsked !== asked) return;
    this.#stopping = false;
    this.#restartDelayMs = firstRestartDelayMs;
    this.start();
  }

  kill(signal) {
    this.#child?.kill(signal);
  }

  async stop() {
    this.#stopping = true;
    this.#stopsAsked += 1;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await gone;
    clearTimeout(late);
  }

  /** The last lines of its log, for whoever has to see why it does not start. */
  lastWords(lines = 5) {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  #exited(code, signal, startedAt) {
    if (this.#stopping) return;
    if (Date.now() - startedAt > recoveredAfterMs) {
      this.#restartDelayMs = firstRestartDelayMs;
      this.crashes = 0;
    }
    this.crashes += 1;
    this.onCrash?.({ name: this.name, code, signal, restartInMs: this.#restartDelayMs });
    this.#timer = setTimeout(() => this.start(), this.#restartDelayMs);
    this.#restartDelayMs = Math.min(this.#restartDelayMs * 2, longestRestartDelayMs);
  }
}

/**
 * Ready is everything up. A process that answers and stays degraded (old events still wait, the broker went away) is told
 * of and used as it is: commands work.
 * @throws {Error} with what a process lacks, or its log's end, when it does not get ready
 */
export async function waitUntilReady(processes, { log = () => {}, timeoutMs = 180_000 } = {}) {
  const deadline = Date.now() + timeoutMs;
  await Promise.all(processes.map((process_) => waitForOne(process_, { log, deadline, timeoutMs })));
}

async function waitForOne(process_, { log, deadline, timeoutMs }) {
  let answersSince;
  for (;;) {
    const report = await readinessOf(process_.healthUrl);
    if (report?.status === 'ok') return;
    answersSince = report === undefined ? undefined : (answersSince ?? Date.now());
    if (answersSince !== undefined && Date.now() - answersSince > patienceMs) {
      if (report.status !== 'degraded') throw new Error(`${process_.name} runs, but is not ready: ${lacks(report)}.`);
      log(`${process_.name} is degraded: ${lacks(report)}.`);
      return;
    }
    const hopeless = process_.crashes >= crashesBeforeGivingUp;
    if (hopeless || Date.now() > deadline) {
      const what = hopeless ? 'cannot start' : `did not become ready within ${timeoutMs / 1_000} s`;
      throw new Error(`${process_.name} ${what}. The end of ${process_.logFile}:\n${process_.lastWords()}`);
    }
    await delay(100);
  }
}

/** Undefined while nothing answers. */
async function readinessOf(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    const report = await response.json();
    return { ...report, status: response.ok ? report.status : 'unavailable' };
  } catch {
    return undefined;
  }
}

/** 'events (connect ECONNREFUSED 127.0.0.1:5672)' */
function lacks({ dependencies = {}, detail }) {
  const notUp = Object.entries(dependencies).filter(([, { state }]) => state !== 'up');
  if (notUp.length === 0) return detail ?? 'it does not say why';
  return notUp.map(([name, { detail: why }]) => `${name}${why === undefined ? '' : ` (${why})`}`).join(', ');
}
