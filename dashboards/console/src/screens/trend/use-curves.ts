import { computed, onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import type { Latest, Point } from '../../api/answers.ts';
import type { Problem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';
import { useWatch } from '../../console/use-watch.ts';
import type { MetricJson, RuleJson } from '../../state/catalog.ts';
import { continueWith, forgetBefore, grow, joinWithin, type Trend, trendOf } from '../../state/trend.ts';
import type { LiveReading } from '../../state/values.ts';
import { type Asked, type CurveAsked, keyOfCurve, type Stretch, stretchOf } from './ask.ts';

/** What is known of one curve; what is not known yet is `null`. */
export type Curve = {
  readonly asked: CurveAsked;
  readonly point: Point | null;
  readonly latest: readonly Latest[] | null;
  readonly rules: readonly RuleJson[];
  /** What is drawn: asked for, or else the first metric this point has sent. */
  readonly metric: string | null;
  readonly trend: Trend | null;
  readonly alarms: readonly AlarmJson[];
  readonly problem: Problem | null;
};

/** Enough for a wide monitor: more buckets than pixels show nothing more. */
const BUCKETS = 600;
const AGAIN_EVERY = 30_000;
/** The stream tells the newest reading of a second; what passed between two is in the store, a little later. */
const FIRST_AGAIN = 3_000;
const TAIL = 600;
const ALARMS = 500;

const blank = (asked: CurveAsked): Curve => ({
  asked,
  point: null,
  latest: null,
  rules: [],
  metric: asked.metric,
  trend: null,
  alarms: [],
  problem: null,
});

/** Reads what the address asks for, and keeps its right end alive while that end is now. */
export function useCurves(asked: Ref<Asked>) {
  const { api, clock, live, connected, catalog } = useConsole();
  const curves = shallowRef<readonly Curve[]>([]);
  const stretch = ref<Stretch>(stretchOf(asked.value.window, clock.read()));
  const reading = ref(false);
  const follows = computed(() => typeof asked.value.window === 'string');
  let turn = 0;
  let tail: LiveReading[] = [];
  let soon: ReturnType<typeof setTimeout> | undefined;

  function learn(key: string, more: Partial<Curve>): void {
    curves.value = curves.value.map((c) => (keyOfCurve(c.asked) === key ? { ...c, ...more } : c));
  }

  async function readPoint(c: Curve): Promise<Curve> {
    const at = `/points/${encodeURIComponent(c.asked.code)}`;
    const [point, latest, rules] = await Promise.all([
      api.get<Point>(at),
      api.all<Latest>(`${at}/latest`, 200),
      api.all<RuleJson>(`/rules?point=${encodeURIComponent(c.asked.code)}`, 500),
    ]);
    if (!point.ok) return { ...c, problem: point.problem };
    const sent = latest.ok ? latest.value : null;
    const known = catalog.value.metrics(point.value.lifeline).filter((m) => m.kind !== 'waveform');
    const first =
      sent?.find((l) => known[0]?.key === l.metric) ?? sent?.find((l) => l.value !== null) ?? sent?.[0];
    return {
      ...c,
      point: point.value,
      latest: sent,
      rules: rules.ok ? rules.value : c.rules,
      metric: c.asked.metric ?? first?.metric ?? known[0]?.key ?? null,
      problem: latest.ok ? null : latest.problem,
    };
  }

  async function readCurve(mine: number, c: Curve, s: Stretch): Promise<void> {
    const key = keyOfCurve(c.asked);
    // The point itself is read once, and again only while it could not be.
    const facts = c.point === null || c.latest === null ? await readPoint(c) : c;
    if (mine !== turn) return;
    const { point, latest, rules, metric } = facts;
    learn(key, { point, latest, rules, metric, problem: facts.problem });
    if (point === null || metric === null) return;
    const [buckets, raised, open] = await Promise.all([
      api.buckets({ point: point.code, metric, from: s.from, to: s.to, buckets: BUCKETS }),
      api.all<AlarmJson>(
        `/alarms?state=all&point=${encodeURIComponent(point.code)}&from=${iso(s.from)}&to=${iso(s.to)}&limit=${ALARMS}`,
        ALARMS,
      ),
      api.all<AlarmJson>(`/alarms?state=open&point=${encodeURIComponent(point.code)}&limit=100`, 100),
    ]);
    if (mine !== turn) return;
    const alarms = new Map<string, AlarmJson>();
    for (const list of [raised, open]) if (list.ok) for (const a of list.value) alarms.set(a.id, a);
    if (!buckets.ok) {
      learn(key, { alarms: [...alarms.values()], problem: buckets.problem });
      return;
    }
    const own = tail.filter((r) => r.pointCode === point.code && r.metric === metric);
    learn(key, {
      trend: continueWith(trendOf(s.from, s.to, BUCKETS, buckets.value), own),
      alarms: [...alarms.values()],
      problem: null,
    });
  }

  async function read(): Promise<void> {
    turn += 1;
    const mine = turn;
    const s = stretchOf(asked.value.window, clock.read());
    reading.value = true;
    await Promise.all(curves.value.map((c) => readCurve(mine, c, s)));
    if (mine !== turn) return;
    stretch.value = s;
    reading.value = false;
  }

  watch(
    asked,
    (now, before) => {
      const known = new Map(curves.value.map((c) => [keyOfCurve(c.asked), c]));
      const sameWindow = JSON.stringify(before?.window) === JSON.stringify(now.window);
      curves.value = now.curves.map((a) => {
        const c = known.get(keyOfCurve(a)) ?? blank(a);
        // Another window: its data are other data; what is drawn meanwhile is drawn where it belongs.
        return sameWindow ? c : { ...c, problem: null };
      });
      stretch.value = stretchOf(now.window, clock.read());
      if (!sameWindow) curves.value = curves.value.map((c) => ({ ...c, trend: null }));
      tail = [];
      void read();
      clearTimeout(soon);
      if (follows.value) soon = setTimeout(() => void read(), FIRST_AGAIN);
    },
    { immediate: true },
  );

  useWatch(() => (follows.value ? asked.value.curves.map((c) => c.code) : []));
  const letGo = live.onReadings((items) => {
    if (!follows.value) return;
    tail = [...tail, ...items].slice(-TAIL);
    curves.value = curves.value.map((c) => {
      const own = items.filter((r) => r.pointCode === c.point?.code && r.metric === c.metric);
      return own.length === 0 || c.trend === null ? c : { ...c, trend: own.reduce(grow, c.trend) };
    });
  });
  onBeforeUnmount(() => {
    turn += 1;
    letGo();
    clearTimeout(soon);
  });
  watch(
    () => Math.floor(clock.now.value / AGAIN_EVERY),
    () => {
      if (connected.value && (follows.value || curves.value.some((c) => c.problem !== null))) void read();
    },
  );
  watch(connected, (back) => {
    if (back) void read();
  });
  // The window slides with the clock even when nothing comes, so that silence is seen as a gap that grows.
  watch(
    () => Math.floor(clock.now.value / 5_000),
    () => {
      if (!follows.value || reading.value) return;
      const s = stretchOf(asked.value.window, clock.read());
      stretch.value = s;
      curves.value = curves.value.map((c) =>
        c.trend === null ? c : { ...c, trend: forgetBefore(c.trend, s.from) },
      );
    },
  );

  const metricOf = (c: Curve): MetricJson | null =>
    c.point === null ? null : catalog.value.metric(c.point.lifeline, c.metric);
  const withinOf = (c: Curve): number =>
    c.trend === null ? 0 : joinWithin(c.trend, metricOf(c)?.expectedIntervalMs ?? null);

  return { curves, stretch, reading, follows, metricOf, withinOf, readAgain: () => void read() };
}

const iso = (t: number): string => new Date(t).toISOString();
