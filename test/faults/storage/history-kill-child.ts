/**
 * Keeps turn after turn until it is killed; prints the cursor that it found, and each one that is durable.
 *
 * @param argv the history's directory
 */
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { turnOf } from './history-kill-life.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const history = new HistoryDuckdb({
  dir: process.argv[2] as string,
  onTrouble: (msg, fields) => say(`trouble ${msg} ${JSON.stringify(fields)}`),
});
await history.start();
let cursor: number = await history.cursor();
say(`kept ${cursor}`);
for (;;) {
  const batch = Array.from({ length: 1 + (cursor % 11) }, (_, i) => turnOf(cursor + 1 + i));
  await history.keep(batch);
  cursor = await history.cursor();
  say(`kept ${cursor}`);
}
