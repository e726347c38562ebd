/** Asks again until the answer is yes; for what another process does in its own time. Bounded. */
export async function eventually<T>(
  ask: () => Promise<T | false | null | undefined>,
  within = 25_000,
  every = 50,
): Promise<T> {
  const until = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`not within ${within} ms: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
