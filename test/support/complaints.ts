const AT_ONCE = 8;

/** Runs the attempts, some at a time. @returns the complaints of those that have one */
export async function complaints(attempts: readonly (() => Promise<string | undefined>)[]): Promise<string[]> {
  const found: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let attempt = attempts[next++]; attempt !== undefined; attempt = attempts[next++]) {
      const complaint = await attempt();
      if (complaint !== undefined) found.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}
