import { median } from '../src/domain/median.ts';
import type { Child } from './child.ts';
import { type LoadFigure, load } from './load.ts';
import type { Options } from './options.ts';
import { counters } from './service.ts';

/** Messages a second: a district, a city on a quiet day, a city. */
const RATES = [100, 1_000, 3_000] as const;
/** A connection a device, as gateways are rare; more of them than messages in a turn. */
const CONNECTIONS = 500;
/** Connections, registration and the first plans of every point are over by then. */
const WARM_UP = { seconds: 4, rate: 1_000 };
const STORED_WITHIN_MS = 30_000;
const STORED_LOOK_MS = 250;

export type CalmRow = {
  readonly rate: number;
  /** CPU of all its processes and threads for one message, until what came is in the history. */
  readonly bareMicros: number | null;
  readonly serviceMicros: number | null;
  /** Of the thread that judges, alone. */
  readonly mainMicros: number | null;
  readonly ratio: number | null;
  readonly ackP50Ms: number | null;
  readonly ackP99Ms: number | null;
};

export type CalmFigure = { readonly rounds: readonly LoadFigure[]; readonly rows: readonly CalmRow[] };

/**
 * What one message costs while little happens: the same QoS 1 load on the bare broker and on the service, in turns,
 * at rates far below what either can take. CPU and not time, so that a busy machine changes little.
 */
export async function calm(
  targets: readonly [bare: Child, service: Child],
  o: Pick<Options, 'seconds' | 'rounds' | 'devices'>,
  say: (line: string) => void,
  rates: readonly number[] = RATES,
): Promise<CalmFigure> {
  const at = (target: Child, { seconds, rate }: typeof WARM_UP) => {
    const settled = () => allStored(target);
    // The same devices throughout: nothing is registered while it is measured.
    const job = {
      label: 'calm',
      connections: CONNECTIONS,
      devicesPerConnection: o.devices,
      window: 4,
      qos: 1,
    } as const;
    return load(target, { ...job, seconds, rate }, { settled });
  };
  for (const target of targets) await at(target, WARM_UP);
  const rounds: (LoadFigure & { readonly rate: number })[] = [];
  for (let round = 1; round <= o.rounds; round++)
    for (const rate of rates)
      for (const target of targets) {
        const figure = { ...(await at(target, { seconds: o.seconds, rate })), rate };
        rounds.push(figure);
        say(
          `round ${round}  ${String(rate).padStart(6)}/s  ${target.name.padEnd(10)} ${figure.familyMicrosPerMessage?.toFixed(1) ?? '–'} µs CPU each`,
        );
      }
  return {
    rounds,
    rows: rates.map((rate) =>
      rowOf(
        rounds.filter((r) => r.rate === rate),
        rate,
        targets,
      ),
    ),
  };
}

function rowOf(
  rounds: readonly LoadFigure[],
  rate: number,
  [bare, service]: readonly [Child, Child],
): CalmRow {
  const of = (on: Child, what: (f: LoadFigure) => number | null): number | null => {
    const known = rounds.filter((f) => f.on === on.name).flatMap((f) => what(f) ?? []);
    return known.length === 0 ? null : median(known);
  };
  const bareMicros = of(bare, (f) => f.familyMicrosPerMessage);
  const serviceMicros = of(service, (f) => f.familyMicrosPerMessage);
  return {
    rate,
    bareMicros,
    serviceMicros,
    mainMicros: of(service, (f) => f.mainMicrosPerMessage),
    ratio: bareMicros === null || serviceMicros === null ? null : serviceMicros / bareMicros,
    ackP50Ms: of(service, (f) => f.outcome.ackMs.p50),
    ackP99Ms: of(service, (f) => f.outcome.ackMs.p99),
  };
}

/** Readings gather before they go to the history: what that costs belongs to the load that brought them. */
async function allStored(target: Child): Promise<void> {
  if (target.http === null) return;
  for (let waited = 0; waited < STORED_WITHIN_MS; waited += STORED_LOOK_MS) {
    const { history_newest_turn: newest = 0, history_cursor_turn: stored = 0 } = await counters(target, [
      'history_newest_turn',
      'history_cursor_turn',
    ]);
    if (stored >= newest) return;
    await new Promise((resolve) => setTimeout(resolve, STORED_LOOK_MS));
  }
}
