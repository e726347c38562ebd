/**
 * Keeps turn after turn. When a batch is refused it says so, and tries the same batch again when it is told to.
 *
 * @param argv the history's directory, and after how many batches to stand still once, if at all
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { CH4, POINTS, turnOf } from './history-kill-life.ts';

const say = (line: string): boolean => process.stdout.write(`${line.replaceAll('\n', ' ')}\n`);
const stdin = createInterface({ input: process.stdin });
const history = new HistoryDuckdb({
  dir: process.argv[2] as string,
  onTrouble: (msg, fields) => say(`trouble ${msg} ${JSON.stringify(fields)}`),
});
await history.start();
let cursor: number = await history.cursor();

const answer = (): Promise<number> =>
  history
    .raw({ point: POINTS[0] as (typeof POINTS)[number], metric: CH4, from: 0, to: 8e15, limit: 1_000_000 })
    .then((rows) => rows.length);

for (let batches = 0; ; batches++) {
  if (batches === Number(process.argv[3])) {
    await history.standStill().then(
      () => say('stands still'),
      (e: unknown) => say(`cannot stand still: ${String(e)}`),
    );
    await answer().catch(() => undefined);
    say(`answers ${await answer()} up to ${cursor}`);
  }
  const batch = Array.from({ length: 1 + (cursor % 11) }, (_, i) => turnOf(cursor + 1 + i));
  try {
    await history.keep(batch);
    cursor = await history.cursor();
    say(`kept ${cursor}`);
  } catch (e) {
    const rows = await answer();
    const told = once(stdin, 'line');
    say(`refused ${cursor} while ${rows} answer: ${String(e)}`);
    await told;
  }
}
