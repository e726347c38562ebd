import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as passing } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Influxd } from '../../test/support/influxd.ts';
import type { Child } from '../child.ts';
import type { Histogram } from '../histogram.ts';
import { ADMIN, startService } from '../service.ts';
import { logIn } from '../session.ts';
import type { DoorMode } from './door.ts';
import { newPhase, OutageLoad } from './load.ts';

export const FAULTS = ['killed', 'hung', '503', 'flapping'] as const;
export type Fault = (typeof FAULTS)[number];

export type OutageOptions = {
  readonly fault: Fault;
  readonly minutes: number;
  readonly baselineMinutes: number;
  readonly rate: number;
  readonly sensors: number;
};

type Latencies = ReturnType<Histogram['summary']>;
export type Outage = {
  readonly options: OutageOptions;
  readonly baseline: { readonly ack: Latencies; readonly alarm: Latencies };
  readonly during: { readonly ack: Latencies; readonly alarm: Latencies };
  readonly recovery: { readonly ack: Latencies; readonly alarm: Latencies };
  /** During the fault ÷ baseline of the same run. */
  readonly ratio: { readonly ackP99: number | null; readonly alarmP99: number | null };
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  /** Points of which the store has another number than was acknowledged. */
  readonly unequal: readonly string[];
  readonly backlog: number;
  readonly drainSeconds: number | null;
  readonly drainPerSecond: number | null;
  readonly drainTimesLive: number | null;
};

const DOOR = fileURLToPath(new URL('./door.ts', import.meta.url));
const FLAP = 5_000;
const DRAINED_WITHIN = 30 * 60_000;
/** A backlog of fewer seconds of readings is no measure of how quickly one goes. */
const WORTH_MEASURING_S = 20;

/** One run against a real service and a real influxd: baseline, fault, recovery, count. Ends only what it started. */
export async function outage(o: OutageOptions, say: (line: string) => void): Promise<Outage> {
  const ends: (() => Promise<void> | void)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Whoever ends this ends what it has started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const influxd = await Influxd.start();
    ends.push(() => influxd.stop());
    const door = await openDoor(influxd.url);
    ends.push(() => void door.child.disconnect());
    const service = await startService(null, 'service', {
      LIFELINE_INFLUX_URL: door.url,
      LIFELINE_INFLUX_VERSION: '1',
      LIFELINE_INFLUX_BUCKET: 'city',
    });
    ends.push(() => service.stop());
    if (service.http === null) throw new Error('the service named no HTTP address');
    const load = new OutageLoad(service.mqtt, o.sensors);
    ends.push(() => load.close());
    await load.begin(service.http, await logIn(service.http, ADMIN.account, ADMIN.password), o.rate);
    return await measure(o, { influxd, door, service, load, http: service.http }, say);
  } finally {
    await endAll();
  }
}

type Door = { readonly child: ChildProcess; readonly url: string; mode(mode: DoorMode): void };

async function openDoor(behind: string): Promise<Door> {
  const child = fork(DOOR, [behind], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, url, mode: (mode) => void child.send(mode) };
}

type Parts = {
  readonly influxd: Influxd;
  readonly door: Door;
  readonly service: Child;
  readonly load: OutageLoad;
  readonly http: string;
};

async function measure(o: OutageOptions, p: Parts, say: (line: string) => void): Promise<Outage> {
  const { load } = p;
  // Registering and compiling belong to no phase.
  await passing(10_000);
  const baseline = newPhase();
  load.phase = baseline;
  say(`${o.fault}: baseline for ${o.baselineMinutes} min`);
  await passing(o.baselineMinutes * 60_000);

  const during = newPhase();
  load.phase = during;
  const before = load.acked;
  say(`${o.fault}: the fault, for ${o.minutes} min`);
  const faultAt = performance.now();
  await withFault(o, p);

  const recovery = newPhase();
  load.phase = recovery;
  const backlog = load.acked - before;
  const live = (1_000 * backlog) / (performance.now() - faultAt);
  const goal = (await turns(p.http)).newest;
  const drain = drained(p, goal);
  await mend(o, p);
  say(`${o.fault}: well again; ${backlog} readings were acknowledged meanwhile`);
  const seconds = await drain;

  // A little more of the live load, so that the end of the recovery is in it.
  await passing(5_000);
  load.pause();
  for (let i = 0; load.acked < load.sent && i < 300; i++) await passing(100);
  const unequal = await compared(p);
  const measurable = seconds !== null && o.fault !== 'flapping' && o.minutes * 60 >= WORTH_MEASURING_S;
  const perSecond = measurable ? backlog / seconds : null;
  if (load.lost.length > 0) say(`${o.fault}: connections were lost: ${load.lost.slice(0, 3).join('; ')}`);
  const phase = ({ ack, alarm }: typeof baseline) => ({ ack: ack.summary(), alarm: alarm.summary() });
  return {
    options: o,
    baseline: phase(baseline),
    during: phase(during),
    recovery: phase(recovery),
    ratio: {
      ackP99: over(during.ack.quantile(0.99), baseline.ack.quantile(0.99)),
      alarmP99: over(during.alarm.quantile(0.99), baseline.alarm.quantile(0.99)),
    },
    sent: load.sent,
    acknowledged: load.acked,
    stored: unequal.stored,
    unequal: unequal.points,
    backlog,
    drainSeconds: seconds,
    drainPerSecond: perSecond,
    drainTimesLive: perSecond === null ? null : perSecond / live,
  };
}

/** Resolves when the fault has lasted long enough; the store is still as it left it. */
async function withFault({ fault, minutes }: OutageOptions, { influxd, door }: Parts): Promise<void> {
  const ms = minutes * 60_000;
  switch (fault) {
    case 'killed':
      await influxd.kill();
      return passing(ms);
    case 'hung':
      influxd.hang();
      return passing(ms);
    case '503':
      door.mode('503');
      return passing(ms);
    case 'flapping':
      for (let t = 0; t < ms; t += FLAP) {
        door.mode((t / FLAP) % 2 === 0 ? 'cut' : 'pass');
        await passing(Math.min(FLAP, ms - t));
      }
      return;
  }
}

async function mend({ fault }: OutageOptions, { influxd, door }: Parts): Promise<void> {
  if (fault === 'killed') await influxd.again();
  else if (fault === 'hung') influxd.goOn();
  else door.mode('pass');
}

/** How far the store has come, and how far the journal has. */
async function turns(http: string): Promise<{ readonly stored: number; readonly newest: number }> {
  const text = await (await fetch(new URL('/metrics', http))).text();
  const gauge = (name: string) => Number(new RegExp(`^lifeline_${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { stored: gauge('history_cursor_turn'), newest: gauge('history_newest_turn') };
}

/**
 * Seconds from the last moment at which the store had nothing of the backlog (it is asked itself: the cursor moves only
 * with whole batches) to the moment at which it has all of it. @returns null where it has not in half an hour
 */
async function drained({ http, influxd }: Parts, goal: number): Promise<number | null> {
  const began = performance.now();
  let first: number | null = null;
  let nothingAt = began;
  let begun = false;
  while (performance.now() - began < DRAINED_WITHIN) {
    const asked = performance.now();
    if (!begun) {
      const n = await countOf(influxd).catch(() => null);
      first ??= n;
      if (n === null || n === first) nothingAt = asked;
      else begun = true;
    }
    if ((await turns(http)).stored >= goal) return (performance.now() - nothingAt) / 1_000;
    await passing(20);
  }
  return null;
}

async function countOf(influxd: Influxd): Promise<number> {
  const [answer] = await influxd.query('SELECT count(ch4) FROM gas', 'city');
  return Number(answer?.series?.[0]?.values[0]?.[1] ?? 0);
}

/** Point by point: as many as were acknowledged, not one more or less. */
async function compared({ influxd, load }: Parts): Promise<{ stored: number; points: string[] }> {
  const asked = [
    { measurement: 'gas', field: 'ch4', sensors: load.sensors },
    { measurement: 'manhole', field: 'open', sensors: load.probes },
  ];
  const points: string[] = [];
  let stored = 0;
  // The last batch may still be on its way when the gauge says that all is well: it is waited for, not guessed.
  for (let attempt = 0; attempt < 30; attempt++) {
    points.length = 0;
    stored = 0;
    for (const { measurement, field, sensors } of asked) {
      const [answer] = await influxd.query(
        `SELECT count("${field}") FROM ${measurement} GROUP BY point`,
        'city',
      );
      const counts = new Map(
        (answer?.series ?? []).map((s) => [
          (s as unknown as { tags: { point: string } }).tags.point,
          Number(s.values[0]?.[1]),
        ]),
      );
      for (const s of sensors) {
        const n = counts.get(s.code) ?? 0;
        stored += n;
        if (n !== s.acked) points.push(`${s.code}: ${s.acked} acknowledged, ${n} stored`);
      }
    }
    if (points.length === 0) break;
    await passing(1_000);
  }
  return { stored, points };
}

const over = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b;
