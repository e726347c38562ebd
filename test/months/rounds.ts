/**
 * Resolves when everything that follows by promises from what has happened has happened. Nothing here waits for anything outside, so
 * that a turn of the event loop, which costs more than all the rest, is not needed.
 */
export const nextRound = (): Promise<void> => new Promise((done) => process.nextTick(done));
