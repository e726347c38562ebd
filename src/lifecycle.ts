import type { Log } from './flow/ports/log.ts';

/** One named step of a stop, with the time it may take. */
export type Stage = {
  readonly name: string;
  readonly atMost: number;
  readonly run: (badSoFar: readonly string[]) => Promise<void> | void;
};

/**
 * Runs the stages in order. One that fails or takes too long is named in the log and left behind: a stop
 * always comes to its end.
 *
 * @returns names of the stages that did not end well
 */
export async function runStages(stages: readonly Stage[], log: Log): Promise<readonly string[]> {
  const bad: string[] = [];
  for (const { name, atMost, run } of stages) {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${atMost} ms`)), atMost);
    });
    try {
      await Promise.race([Promise.resolve().then(() => run(bad)), tooLong]);
    } catch (cause) {
      bad.push(name);
      log.error('a stage of the stop did not end well', { stage: name, cause: String(cause) });
    } finally {
      clearTimeout(timer);
    }
  }
  return bad;
}
