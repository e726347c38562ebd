import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grafanaDashboards } from '../../scripts/grafana-dashboards.ts';
import { HistoryInflux } from '../../src/adapters/history-influx/index.ts';
import { as } from '../../src/domain/ids.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { minutes } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import { encodeSpool } from '../../src/wire/files/spool.ts';
import { hasInfluxd, Influxd } from '../support/influxd.ts';

type Panel = { targets?: { query: string }[]; panels?: Panel[]; title: string };
type Board = { panels: Panel[]; templating: { list: { query: string }[] } };

const DB = 'lifeline';

/**
 * Two points of each lifeline that report every metric once a day for a month, and for half an hour: plainly,
 * doubtfully, badly and late.
 */
function readings(now: number): Reading[] {
  return PACKS.flatMap((pack) =>
    pack.metrics
      .filter((m) => m.kind !== 'waveform')
      .flatMap((m) => [
        ...Array.from(
          { length: 30 },
          (_, i): Reading => ({
            point: as.point(`${pack.lifeline}-0`),
            metric: m.key,
            value: m.kind === 'flag' ? 0 : 0.5 + (i % 3),
            quality: { grade: 'good' },
            observedAt: now - minutes(1_440 * (i + 1)),
            receivedAt: now - minutes(1_440 * (i + 1)) + 700,
            backfill: false,
          }),
        ),
        ...Array.from(
          { length: 60 },
          (_, i): Reading => ({
            point: as.point(`${pack.lifeline}-${i % 2}`),
            metric: m.key,
            value: m.kind === 'flag' ? 0 : 0.25 + (i % 7),
            quality:
              i % 10 === 3
                ? { grade: 'doubtful', why: 'stuck' }
                : i % 10 === 5
                  ? { grade: 'bad', why: 'out-of-range' }
                  : { grade: 'good' },
            observedAt: now - minutes(31 - Math.floor(i / 2)),
            receivedAt: now - minutes(31 - Math.floor(i / 2)) + 700,
            backfill: i % 10 === 7,
          }),
        ),
      ]),
  );
}

/** As Grafana fills in its macros, over an hour or what a panel of long buckets needs. */
function asAsked(query: string, lifeline: string, now: number): string {
  const bucket = Number(/time\((\d+)m\)/.exec(query)?.[1] ?? 1);
  return query
    .replaceAll('$timeFilter', `time >= ${now - minutes(Math.max(60, 4 * bucket))}ms and time <= ${now}ms`)
    .replaceAll('$__interval', '1m')
    .replaceAll('$point', `(${lifeline}-0|${lifeline}-1)`);
}

describe.skipIf(!hasInfluxd())(
  'the dashboards, asked of a real InfluxDB 1.x that the service has written',
  () => {
    let influxd: Influxd;
    const now = Date.now();

    beforeAll(async () => {
      influxd = await Influxd.start();
      const history = new HistoryInflux({
        url: influxd.url,
        version: '1',
        token: null,
        org: null,
        bucket: DB,
        lifelines: PACKS.map((p) => p.lifeline),
        lifelineOf: (point) => point.replace(/-\d$/, ''),
        source: 'test',
        lastTurn: as.turn(0),
        keepDays: 36_500,
        now: () => now,
        onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
        onRejected: (rejected) => expect.fail(JSON.stringify(rejected)),
      });
      await history.start();
      await history.keep([{ turn: as.turn(1), body: encodeSpool(readings(now), []) }]);
      await history.close();
    }, 60_000);
    afterAll(() => influxd.stop());

    const flat = (panels: Panel[]): Panel[] => panels.flatMap((p) => [p, ...flat(p.panels ?? [])]);
    const boards = [...grafanaDashboards()].map(([name, text]) => [name, JSON.parse(text) as Board] as const);

    test.each(boards)('%s: every query is answered, and not with nothing', async (name, board) => {
      const lifeline = /lifeline-([\w-]+)\.json/.exec(name)?.[1] ?? '';
      for (const { query } of board.templating.list) {
        const [answer] = await influxd.query(query, DB);
        expect(answer?.series?.[0]?.values.map((v) => v[1])).toEqual([`${lifeline}-0`, `${lifeline}-1`]);
      }
      let asked = 0;
      for (const panel of flat(board.panels)) {
        for (const { query } of panel.targets ?? []) {
          const [answer] = await influxd.query(asAsked(query, lifeline, now), DB);
          expect(answer?.error, query).toBeUndefined();
          const values = answer?.series?.flatMap((s) => s.values) ?? [];
          expect(
            values.some((v) => v.slice(1).some((x) => typeof x === 'number')),
            `${panel.title}: ${query}`,
          ).toBe(true);
          asked++;
        }
      }
      expect(asked).toBeGreaterThan(10);
    });
  },
);
