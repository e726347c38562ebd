/**
 * Waits for the first piece before anything is answered: a store that fails at once is then a proper error and
 * not a file that breaks off.
 */
export async function withFirstChunk<T>(pieces: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await pieces.next();
  async function* all(): AsyncGenerator<T> {
    try {
      if (!first.done) yield first.value;
      yield* pieces;
    } finally {
      // The reader may go away after the first piece; `pieces` then has not been asked to end yet.
      await pieces.return(undefined);
    }
  }
  return all();
}
