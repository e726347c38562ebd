import { setImmediate as nextRound } from 'node:timers/promises';
import type { LifelineKey, MetricKey } from '../../domain/ids.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Millis } from '../../domain/time.ts';
import type { DrillPlot, DrillScenario, DrillScenarios } from '../../flow/ports/answering/drills.ts';
import { TITLES } from './titles.ts';

/** The simulators are large, and most days nobody drills: they come when they are asked for. */
const simulators = async () => {
  const [{ demo }, { SCENARIOS }, { stage }, { generate }, { lifelineOf }] = await Promise.all([
    import('../../../simulators/profiles/demo.ts'),
    import('../../../simulators/scenarios/index.ts'),
    import('../../../simulators/scenarios/scenario.ts'),
    import('../../../simulators/generate.ts'),
    import('../../../simulators/models/index.ts'),
  ]);
  return { city: demo(), SCENARIOS, stage, generate, lifelineOf };
};

/** The same chance each time: two drills of one scenario can be compared. */
const SEED = 1;
/** Before the first thing happens: long enough for people to take their places, and no longer. */
const LEAD = 30_000;

/** Steps after which whatever else waits has its turn: judging shares this thread. */
const BREATHES_EVERY = 50;

/** The simulators' scenarios as drills: of the devices that something befalls, what they say from shortly before that. */
export class SimulatedDrills implements DrillScenarios {
  list: DrillScenarios['list'] = async () => {
    const parts = await simulators();
    return Object.entries(TITLES).flatMap(([key, title]) => stagedOf(parts, key, title)?.scenario ?? []);
  };

  plot: DrillScenarios['plot'] = async (key, start): Promise<DrillPlot | null> => {
    const title = Object.hasOwn(TITLES, key) ? TITLES[key] : undefined;
    if (title === undefined) return null;
    const parts = await simulators();
    const staged = stagedOf(parts, key, title);
    return staged === null ? null : played(parts, staged, start);
  };
}

type Simulators = Awaited<ReturnType<typeof simulators>>;
type Staged = NonNullable<ReturnType<typeof stagedOf>>;

/** What befalls whom, before anybody has spoken. */
function stagedOf(
  { city: demoCity, SCENARIOS, stage, lifelineOf }: Simulators,
  key: string,
  title: Bilingual,
) {
  const scenario = SCENARIOS[key];
  if (scenario === undefined) return null;
  const city = stage(scenario, demoCity);
  const plot = scenario.plot(city, SEED);
  const befallen = [...plot.incidents].sort((a, b) => a.from - b.from).map((i) => i.device);
  const codes = [...new Set([...befallen, ...plot.expected.map((e) => e.point)])];
  const instruments = codes.flatMap((code) => city.instruments.find((i) => i.code === code) ?? []);
  const lead = Math.max(0, Math.min(...plot.incidents.map((i) => i.from), plot.durationMs) - LEAD);
  const lifelines = instruments.map((i) => lifelineOf(i.kind) as LifelineKey);
  const made: DrillScenario = {
    key,
    title,
    lifelines: [...new Set(lifelines)],
    lasts: plot.durationMs - lead,
  };
  return { scenario: made, city: { ...city, instruments }, plot, lead, codes, lifelines };
}

async function played(
  { generate }: Simulators,
  { scenario, city, plot, lead, codes, lifelines }: Staged,
  start: Millis,
): Promise<DrillPlot> {
  const metrics = new Map<string, Set<string>>();
  const steps: { after: number; by: number; payload: string }[] = [];
  const events = generate({
    city,
    plot,
    seed: SEED,
    scale: { start: start - lead, speed: 1 },
    qos: 1,
    until: plot.durationMs,
    rate: null,
  });
  let n = 0;
  for (const e of events) {
    if (++n % BREATHES_EVERY === 0) await nextRound();
    if (e.is !== 'message' || !e.topic.endsWith('/telemetry') || e.atMs < lead) continue;
    steps.push({ after: e.atMs - lead, by: codes.indexOf(e.device), payload: e.payload });
    const said = metrics.get(e.device) ?? new Set();
    for (const metric of metricsIn(e.payload)) said.add(metric);
    metrics.set(e.device, said);
  }
  const cast = codes.map((code, i) => ({
    code,
    lifeline: lifelines[i] as LifelineKey,
    metrics: [...(metrics.get(code) ?? [])] as MetricKey[],
  }));
  return { scenario, cast, steps };
}

function metricsIn(payload: string): readonly string[] {
  const said: unknown = JSON.parse(payload);
  return (Array.isArray(said) ? said : [said]).flatMap((s: { values?: object; series?: object }) =>
    Object.keys(s.values ?? s.series ?? {}),
  );
}
