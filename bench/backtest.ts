import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextRound } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HistoryDuckdb } from '../src/adapters/history-duckdb/index.ts';
import { JournalSqlite } from '../src/adapters/journal-sqlite/index.ts';
import { as } from '../src/domain/ids.ts';
import { GOOD, type Reading } from '../src/domain/reading.ts';
import { days, hours, minutes } from '../src/domain/time.ts';
import { BacktestJobs } from '../src/flow/backtest/jobs.ts';
import { Core } from '../src/flow/core/core.ts';
import { Meters } from '../src/flow/ports/meters.ts';
import { PACKS } from '../src/packs/index.ts';
import { encodeSpool } from '../src/wire/files/spool.ts';
import { pointOf } from './points.ts';

/**
 * How long a backtest takes on the embedded store: fills one with points of gas at an interval, then tries a draft
 * over all of it, and says meanwhile how far it is. `--points 3000 --days 30 --interval 5` is a city's month.
 */
const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100' },
    days: { type: 'string', default: '30' },
    interval: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('node bench/backtest.ts [--points 100] [--days 30] [--interval 5 (minutes)]');
  process.exit(0);
}
const POINTS = Number(values.points);
const DAYS = Number(values.days);
const EVERY = minutes(Number(values.interval));
if (![POINTS, DAYS, EVERY].every((n) => Number.isFinite(n) && n > 0))
  throw new Error('--points, --days and --interval are numbers above 0');

const FROM = Date.UTC(2026, 0, 1);
const TO = FROM + days(DAYS);
const CODES = Array.from({ length: POINTS }, (_, i) => as.point(`G-${String(i).padStart(5, '0')}`));
const CH4 = as.metric('ch4');
/** Readings of one batch of the drain. */
const BATCH = 20_000;

const dir = mkdtempSync(join(tmpdir(), 'lifeline-backtest-'));
const history = new HistoryDuckdb({
  dir: join(dir, 'history'),
  onTrouble: (msg, f) => console.error(msg, f),
});
const journal = new JournalSqlite({ dir });
try {
  await journal.recover();
  await history.start();
  await fill();
  await tryIt();
} finally {
  await history.close();
  await journal.close();
  rmSync(dir, { recursive: true, force: true });
}

/** Some %LEL of noise round a daily swing; now and then a release of gas. A fixed sequence: runs can be compared. */
function valueAt(point: number, t: number): number {
  const n = Math.floor(t / EVERY);
  const noise = ((point * 7919 + n * 104_729) % 1_000) / 250;
  const swing = 3 + 2 * Math.sin((t / hours(24)) * 2 * Math.PI + point);
  const release = (point * 31 + Math.floor(n / 24)) % 211 === 0 ? 10 + (n % 24) * 2.5 : 0;
  return Math.min(100, Math.max(0, swing + noise + release));
}

async function fill(): Promise<void> {
  const began = performance.now();
  let readings: Reading[] = [];
  let turn = 0;
  let kept = 0;
  const keep = async () => {
    await history.keep([{ turn: as.turn(++turn), body: encodeSpool(readings, []) }]);
    kept += readings.length;
    readings = [];
  };
  let day = FROM;
  for (let t = FROM; t < TO; t += EVERY) {
    for (const [i, point] of CODES.entries()) {
      const observedAt = t + (i % 60) * 1_000;
      readings.push({
        point,
        metric: CH4,
        value: valueAt(i, t),
        quality: GOOD,
        observedAt,
        receivedAt: observedAt + 300,
        backfill: false,
      });
      if (readings.length >= BATCH) await keep();
    }
    if (t - day >= days(5)) {
      day = t;
      tell('filling', { day: Math.round((t - FROM) / days(1)), readings: kept, seconds: since(began) });
    }
  }
  if (readings.length > 0) await keep();
  tell('filled', { points: POINTS, readings: kept, seconds: since(began) });
}

async function tryIt(): Promise<void> {
  const core = new Core({
    packs: PACKS,
    ids: { alarm: () => as.alarm('none') },
    meters: new Meters(),
    limits: { shelveAtMost: 0, shelveLevel1: false },
    autoRegister: false,
  });
  for (const code of CODES)
    core.register.apply({
      kind: 'point',
      point: pointOf(code, as.lifeline('gas')),
    });
  const jobs = new BacktestJobs({
    core,
    history,
    journal,
    clock: { now: () => Date.now() },
    breathe: () => nextRound(),
  });
  const held = monitorEventLoopDelay({ resolution: 5 });
  held.enable();
  const started = jobs.start({
    rule: as.rule('gas.ch4.limit'),
    from: FROM,
    to: TO,
    draft: { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, limit: { limit: 15 } }] },
    other: null,
    operators: 'attend',
    by: { account: 'bench', name: 'bench' },
  });
  if (started === null || !started.ok) throw new Error(`not started: ${JSON.stringify(started)}`);
  const { id } = started.value;
  const telling = setInterval(() => {
    const p = jobs.get(id)?.progress;
    if (p)
      tell('running', {
        points: p.points.done,
        of: p.points.of,
        readings: p.readings,
        seconds: Math.round(p.took / 1_000),
        remainingSeconds: p.remaining === null ? null : Math.round(p.remaining / 1_000),
      });
  }, 10_000);
  await jobs.ended(id);
  clearInterval(telling);
  held.disable();
  const job = jobs.get(id);
  const result = job?.result;
  if (result == null) throw new Error(`no result: ${job?.says}`);
  tell('done', {
    readings: result.readings,
    seconds: (job?.progress.took ?? 0) / 1_000,
    readingsPerSecond: Math.round(result.readings / ((job?.progress.took ?? 1) / 1_000)),
    alarmsInForce: result.inForce.alarms,
    alarmsDraft: result.draft.alarms,
    threadHeldP99Ms: held.percentile(99) / 1e6,
    threadHeldMaxMs: held.max / 1e6,
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  });
}

function since(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}

function tell(what: string, fields: object): void {
  console.log(JSON.stringify({ bench: 'backtest', what, ...fields }));
}
