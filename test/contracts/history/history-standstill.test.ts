import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { days, minutes } from '../../../src/domain/time.ts';
import { all, frame, MIDNIGHT, reading, turn } from './history.contract.ts';

describe('a history that stands still', () => {
  let dir: string;
  const open: HistoryDuckdb[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'standstill-'));
  });

  afterEach(async () => {
    for (const h of open.splice(0)) await h.close();
    rmSync(dir, { recursive: true, force: true });
    rmSync(`${dir}-copy`, { recursive: true, force: true });
  });

  async function start(at = dir): Promise<HistoryDuckdb> {
    const troubles = (msg: string, fields: object): void => expect.fail(`${msg} ${JSON.stringify(fields)}`);
    // Two at a time: every question over all days attaches and detaches.
    const history = new HistoryDuckdb({ dir: at, onTrouble: troubles, maxAttached: 2 });
    open.push(history);
    await history.start();
    return history;
  }

  const DAYS = 6;
  const onEveryDay = (n: number) =>
    Array.from({ length: DAYS }, (_, d) => reading(MIDNIGHT + days(d) + minutes(n), n * 100 + d));
  const ever = { ...all, from: MIDNIGHT, to: MIDNIGHT + days(DAYS) };
  const waves = { ...ever, metric: as.metric('ax') };

  /** Name, size and time of last change of every file: what no write can leave as it was. */
  const files = (): string[] =>
    readdirSync(dir)
      .sort()
      .map((name) => {
        const s = statSync(join(dir, name), { bigint: true });
        return `${name} ${s.size} ${s.ctimeNs}`;
      });

  test('changes no file, answers questions, and lets what comes wait', async () => {
    const h = await start();
    await h.keep([turn(1, onEveryDay(1)), turn(2, onEveryDay(2), [frame(MIDNIGHT, [1, 2, 3])])]);
    expect(await h.standStill()).toBe(2);
    const still = files();
    expect(still.filter((f) => f.includes('.wal'))).toEqual([]);
    expect(still).toHaveLength(DAYS + 1);

    let kept = false;
    const keeping = h.keep([turn(3, onEveryDay(3))]).then(() => {
      kept = true;
    });
    expect(await h.raw(ever)).toHaveLength(2 * DAYS);
    expect(await h.frames(waves)).toHaveLength(1);
    expect(kept).toBe(false);
    expect(files()).toEqual(still);

    await h.goOn();
    await keeping;
    expect(await h.raw(ever)).toHaveLength(3 * DAYS);
    expect(await h.cursor()).toBe(3);
  });

  test('can be copied, and the copy goes on from the cursor that was told', async () => {
    const h = await start();
    await h.keep([turn(1, onEveryDay(1)), turn(2, onEveryDay(2), [frame(MIDNIGHT, [1, 2, 3])])]);
    const cursor = await h.standStill();
    const keeping = h.keep([turn(3, onEveryDay(3))]);
    cpSync(dir, `${dir}-copy`, { recursive: true });
    await h.goOn();
    await keeping;

    const copy = await start(`${dir}-copy`);
    expect(await copy.cursor()).toBe(cursor);
    expect(await copy.raw(ever)).toHaveLength(2 * DAYS);
    expect(await copy.frames(waves)).toHaveLength(1);
    await copy.keep([turn(3, onEveryDay(3))]);
    expect(await copy.raw(ever)).toEqual(await h.raw(ever));
  });

  test('is closed without waiting to go on', async () => {
    const h = await start();
    await h.keep([turn(1, onEveryDay(1))]);
    await h.standStill();
    const keeping = h.keep([turn(2, onEveryDay(2))]);
    await h.close();
    await keeping;
    const again = await start();
    expect(await again.cursor()).toBe(2);
  });

  test('does so once at a time, and can do so again', async () => {
    const h = await start();
    await h.keep([turn(1, onEveryDay(1))]);
    await h.standStill();
    await expect(h.standStill()).rejects.toThrow('stands still already');
    await h.goOn();
    await h.goOn();
    await h.keep([turn(2, onEveryDay(2))]);
    expect(await h.standStill()).toBe(2);
  });
});
