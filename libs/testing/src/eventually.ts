import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for something that becomes true by itself: runs `check` until it neither throws nor answers `false`.
 * @returns what `check` answered
 * @throws the last failure when `timeoutMs` have passed
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 5_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await check();
      if (answer !== false) return answer;
      failure = new Error(`still false after ${timeoutMs} ms: ${check.toString()}`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= giveUpAtMs) throw failure;
    await delay(intervalMs);
  }
}
