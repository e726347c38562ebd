import { median } from '../src/domain/median.ts';
import { atRest, type Child } from './child.ts';
import { keepOn } from './cores.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';
import type { IntakeFigure, IntakeSummary, Report } from './report.ts';
import { counters } from './service.ts';
import { roundText } from './tables.ts';

/** What the devices of a secured run are called, before their number. */
export const SECURED = 'SEC';
const DROPPED = 'packets_dropped_total';
const TAKEN = 'mqtt_packets_total';
const LOOK_EVERY_MS = 250;
/** Nothing has come for so long: nothing waits at the broker any more. */
const QUIET_MS = 2_000;

/** Bare broker and service under the same load, in turns, at QoS 0 and 1. */
export async function intake(
  bare: Child,
  service: Child,
  o: Options,
  say: (line: string) => void,
): Promise<NonNullable<Report['intake']>> {
  const rounds: IntakeFigure[] = [];
  if (o.apart) for (const { pid } of [bare, service]) keepOn(0, pid);
  // Taking turns, so that whatever else the machine does falls on both alike.
  for (let round = 1; round <= o.rounds; round++) {
    for (const qos of [0, 1] as const) {
      for (const target of [bare, service]) {
        // The service's history is still busy with a load that is over; that is nobody's figure but its own.
        for (const child of [bare, service]) await atRest(child);
        const before = await counters(target, [DROPPED, TAKEN]);
        const job = {
          // Devices with credentials are the same ones throughout.
          label: o.secured ? SECURED : `q${qos}-${round}`,
          connections: o.connections,
          devicesPerConnection: o.devices,
          window: o.window,
          qos,
          seconds: o.seconds,
          rate: null,
        };
        const loaded = await load(target, job, { core: o.apart ? 1 : null });
        const taken = target.isBehindBroker === true ? await untilTaken(target, before[TAKEN] ?? 0) : null;
        const dropped = ((await counters(target, [DROPPED]))[DROPPED] ?? 0) - (before[DROPPED] ?? 0);
        const figure = {
          ...loaded,
          dropped,
          keptPerSecond:
            taken === null
              ? loaded.perSecond * (1 - dropped / loaded.outcome.sent)
              : ((taken.packets - dropped) / (loaded.outcome.elapsedMs + taken.afterMs)) * 1_000,
        };
        rounds.push(figure);
        say(roundText(round, figure));
      }
    }
  }
  return {
    rounds,
    summary: ([0, 1] as const).map((qos) => summarize(rounds, qos, bare, service)),
    setAside: await counters(service, ['quarantined_total', 'clock_off_total']),
  };
}

/** @returns what the service has taken since it had `before`, and how long after the load it had the last of it */
async function untilTaken(
  service: Child,
  before: number,
): Promise<{ readonly packets: number; readonly afterMs: number }> {
  const from = performance.now();
  let packets = 0;
  let afterMs = 0;
  while (performance.now() - from - afterMs < QUIET_MS) {
    const now = ((await counters(service, [TAKEN]))[TAKEN] ?? 0) - before;
    if (now > packets) [packets, afterMs] = [now, performance.now() - from];
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { packets, afterMs };
}

function summarize(rounds: readonly IntakeFigure[], qos: 0 | 1, bare: Child, service: Child): IntakeSummary {
  const of = (on: Child, what: (f: IntakeFigure) => number | null): number | null => {
    const known = rounds
      .filter((f) => f.qos === qos && f.on === on.name)
      .map(what)
      .filter((n) => n !== null);
    return known.length === 0 ? null : median(known);
  };
  const barePerSecond = of(bare, (f) => f.keptPerSecond) ?? 0;
  const servicePerSecond = of(service, (f) => f.keptPerSecond) ?? 0;
  return {
    qos,
    barePerSecond,
    servicePerSecond,
    ratio: servicePerSecond / barePerSecond,
    bareCpuMicros: of(bare, (f) => f.cpuMicrosPerMessage),
    serviceCpuMicros: of(service, (f) => f.cpuMicrosPerMessage),
    bareAckP99Ms: of(bare, (f) => f.outcome.ackMs.p99),
    serviceAckP99Ms: of(service, (f) => f.outcome.ackMs.p99),
    serviceRssMiB: of(service, (f) => f.rssMiB),
  };
}
