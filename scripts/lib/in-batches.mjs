/**
 * Collects what is added until nothing more comes for `settleMs`, then works on all of it; never on two batches at once. What
 * comes while a batch is under way makes the next one.
 * @param {(items: string[]) => Promise<void>} work must not fail
 * @returns {(item: string) => void}
 */
export function inBatches(work, settleMs) {
  const waiting = new Set();
  let timer;
  let turn = Promise.resolve();
  const takeTurn = async () => {
    const batch = [...waiting];
    waiting.clear();
    if (batch.length > 0) await work(batch);
  };
  return (item) => {
    waiting.add(item);
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = turn.then(takeTurn);
    }, settleMs);
  };
}
