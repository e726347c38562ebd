import { openStock, Refused } from '../../adapters/control-socket/client.ts';
import { journalOf } from '../../app/journal-engine.ts';
import type { Config } from '../../config/read.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import { NotDone } from '../command.ts';
import { notThere } from '../not-there.ts';
import { openStopped, readPoints } from './offline.ts';

export type OpenStock = Stock & { close(): Promise<void>; readonly through: 'service' | 'files' };

/** Goes through the service where one is serving the directory, and to its files where none is. */
export async function openStockOf(dir: string, config: Config): Promise<OpenStock> {
  const journal = journalOf(dir, config);
  if (!(await journal.isThere())) throw notThere(dir, journal.name);
  const served = await servedStock(dir);
  if (served !== null) return served;
  const stopped = await openStopped(dir, config, TO_STDERR);
  return { ...stopped, through: 'files' };
}

/** Points and how long readings are kept; nothing is written, not even a mark that the directory was in use. */
export async function lookOnly(dir: string, config: Config): Promise<Awaited<ReturnType<Stock['about']>>> {
  const served = await servedStock(dir);
  if (served === null)
    return { points: await readPoints(journalOf(dir, config)), keepDays: config.LIFELINE_KEEP_DAYS };
  try {
    return await served.about();
  } finally {
    await served.close();
  }
}

async function servedStock(dir: string): Promise<OpenStock | null> {
  try {
    const client = await openStock(dir);
    if (client === null) return null;
    return {
      about: () => client.about(),
      keep: (readings) => client.keep(readings),
      settled: () => client.settled(),
      raw: (q) => client.raw(q),
      close: async () => client.close(),
      through: 'service',
    };
  } catch (cause) {
    if (cause instanceof Refused) throw new NotDone(`the service refuses: ${cause.message}`, cause);
    throw cause;
  }
}

/** What a person at this terminal should know; the rest is the service's business. */
const say = (msg: string, fields?: object) =>
  void process.stderr.write(`${msg} ${JSON.stringify(fields ?? {})}\n`);
const TO_STDERR: Log = { info: () => undefined, warn: say, error: say };
