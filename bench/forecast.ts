import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemIds } from '../src/adapters/ids/index.ts';
import { JournalSqlite } from '../src/adapters/journal-sqlite/index.ts';
import { as, type PointCode } from '../src/domain/ids.ts';
import { GOOD, type Reading } from '../src/domain/reading.ts';
import { decided } from '../src/domain/register/decide.ts';
import { days, type Millis, minutes } from '../src/domain/time.ts';
import { Core } from '../src/flow/core/core.ts';
import { ForecastDesk } from '../src/flow/forecast/forecast-desk.ts';
import type { History } from '../src/flow/ports/history.ts';
import { Meters } from '../src/flow/ports/meters.ts';
import { Turn } from '../src/flow/turn.ts';
import { PACKS } from '../src/packs/index.ts';
import { pointOf } from './points.ts';

/**
 * What forecasts cost: points that all stand in rising water, said anew each minute and kept through the real journal. Of a core, and
 * beside what judging the same readings costs in the same run: the criterion is 3,000 points in less than 5 % of a core.
 */
const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '3000' },
    minutes: { type: 'string', default: '12' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('node bench/forecast.ts [--points 3000] [--minutes 12]');
  process.exit(0);
}
const [POINTS, ROUNDS] = [Number(values.points), Number(values.minutes)];
if (!(POINTS > 0 && ROUNDS > 0)) throw new Error('--points and --minutes are numbers above 0');

const START = Date.UTC(2026, 6, 1);
const LIFELINE = PACKS.find((p) => p.forecast !== undefined);
if (LIFELINE?.forecast === undefined) throw new Error('no pack has anything forecast');
const { metric } = LIFELINE.forecast;
const CODES = Array.from({ length: POINTS }, (_, i) => as.point(`W-${String(i).padStart(5, '0')}`));
const LEARNT_AT = CODES.slice(0, 1);
const FLOODS = 120;

let now: Millis = START;
const clock = { now: () => now, every: () => () => undefined, after: () => () => undefined };
const log = { info: () => undefined, warn: console.warn, error: console.error };

/** The past of one point, enough to learn from; nobody else has any. */
const pastOf = (code: PointCode, from: Millis, to: Millis) =>
  !LEARNT_AT.includes(code)
    ? []
    : Array.from({ length: FLOODS }, (_, i) => START - days(i + 1)).flatMap((begins, i) =>
        Array.from({ length: 90 }, (__, m) => ({
          t: begins + minutes(m),
          value: Math.max(0, (10 + ((i * 7) % 30)) * Math.sin((Math.PI * m) / 90)),
          quality: GOOD,
          backfill: false,
        })).filter((s) => s.t >= from && s.t < to),
      );
const history: Pick<History, 'raw' | 'buckets'> = {
  raw: async ({ point, metric: of, from, to, limit }) =>
    of === metric
      ? pastOf(point, from, to)
          .sort((a, b) => a.t - b.t)
          .slice(0, limit)
      : [],
  buckets: async ({ point, from, to, buckets }) =>
    !LEARNT_AT.includes(point)
      ? []
      : Array.from({ length: buckets }, (_, i) => from + (i * (to - from)) / buckets).map((t) => {
          const max = Math.max(0, ...pastOf(point, t, t + days(1)).map((s) => s.value));
          return { t, min: 0, max, avg: max / 2, n: 90, worstQuality: 'good' as const };
        }),
};

const dir = mkdtempSync(join(tmpdir(), 'lifeline-forecast-'));
const journal = new JournalSqlite({ dir });
try {
  await journal.recover();
  const core = new Core({
    packs: PACKS,
    ids: systemIds,
    meters: new Meters(),
    limits: { shelveAtMost: 0, shelveLevel1: false },
    autoRegister: true,
  });
  const turn: Turn = new Turn({
    core,
    journal,
    clock,
    log,
    released: () => undefined,
    failed: (why) => log.error(why),
  });
  const breathe = (): Promise<void> => nextRound();
  const desk = new ForecastDesk({ core, packs: PACKS, turn, history, ids: systemIds, clock, log, breathe });
  await turn.register(() => ({
    changes: decided(
      CODES.map((code) => ({
        kind: 'point',
        point: pointOf(code, LIFELINE.lifeline),
      })),
    ),
    answer: undefined,
  }));
  await desk.fit();

  let [judging, looking] = [0, 0];
  const spent = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  for (let round = 0; round < ROUNDS; round++) {
    now = START + minutes(round);
    const readings = CODES.map(
      (point, i): Reading => ({
        point,
        metric,
        // Below every limit, so that no alarm and no draft is in the figure.
        value: 1.5 + ((i * 13) % 40) / 10 + round * 0.1,
        quality: GOOD,
        observedAt: now,
        receivedAt: now,
        backfill: false,
      }),
    );
    const before = spent();
    await Promise.all(
      readings.map(
        (r) =>
          new Promise<void>((done) => {
            const payload = new TextEncoder().encode(
              JSON.stringify({ ts: r.observedAt, values: { [metric]: r.value } }),
            );
            const topic = `lifeline/v1/${LIFELINE.lifeline}/${r.point}/telemetry`;
            turn.intake({ topic, payload, qos: 1, retain: false, receivedAt: now }, () => done());
          }),
      ),
    );
    judging += spent() - before;
    desk.heard({ readings });
    const between = spent();
    await desk.minute();
    await turn.settle();
    looking += spent() - between;
  }
  const said = desk.of(CODES[1] as PointCode);
  if (said?.none !== null) throw new Error(`nothing was said: ${said?.none}`);
  const [aMinute, theirs] = [looking / ROUNDS, judging / ROUNDS];
  console.log(
    `${POINTS} points in water, ${ROUNDS} minutes: ${(aMinute * 1_000).toFixed(0)} ms of CPU a minute, ${((100 * aMinute) / 60).toFixed(2)} % of a core, the journal's share included; ` +
      `taking and judging the same readings ${(theirs * 1_000).toFixed(0)} ms, ratio ${(aMinute / theirs).toFixed(2)}`,
  );
} finally {
  await journal.close();
  rmSync(dir, { recursive: true, force: true });
}
