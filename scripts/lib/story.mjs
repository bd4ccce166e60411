// Telling the demo: numbered steps, amounts as people write them, and figures that must be what they must be.

export const rupees = (amount) =>
  `₹${amount.toLocaleString('en-IN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

export class Story {
  #step = 0;
  #wrong = [];

  step(title) {
    this.#step += 1;
    console.log(`\n${String(this.#step).padStart(2)}. ${title}`);
  }

  tell(line) {
    console.log(`    ${line}`);
  }

  /** Prints the figure and remembers when it is not what it must be. */
  mustBe(what, actual, expected) {
    const fits = JSON.stringify(actual) === JSON.stringify(expected);
    const shown = typeof actual === 'object' ? JSON.stringify(actual) : actual;
    console.log(`    ${fits ? '✓' : '✗'} ${what}: ${shown}${fits ? '' : `, but must be ${JSON.stringify(expected)}`}`);
    if (!fits) this.#wrong.push(what);
  }

  get wrong() {
    return this.#wrong;
  }
}

/** Asks until the answer is as wanted: events need a moment. @returns {Promise<any>} the last answer */
export async function until(ask, isThere, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isThere(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
