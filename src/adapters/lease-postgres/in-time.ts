import type { Duration } from '../../domain/time.ts';

/**
 * What is asked, or a rejection where no answer has come in time. A process that was held up itself, by its own work or by others of
 * its machine, first reads what has come meanwhile: an answer that waits in the socket is one that came.
 */
export async function inTime<T>(asked: Promise<T>, atMost: Duration): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`PostgreSQL did not answer within ${atMost} ms`));
    // A timer comes before sockets are read, and what is set for later here after.
    timer = setTimeout(() => setImmediate(() => setImmediate(late)), atMost);
  });
  try {
    return await Promise.race([asked, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
