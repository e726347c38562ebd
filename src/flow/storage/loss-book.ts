import type { DeviceCode, MetricKey, PointCode } from '../../domain/ids.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Loss, LossCause, LossLedger } from '../ports/losses.ts';
import type { Meters } from '../ports/meters.ts';

/** A line that the store will never take, as its adapter tells of it. */
export type RefusedLine = {
  readonly line: string;
  readonly reason: string;
  readonly readings: readonly Reading[];
  readonly frame: Frame | null;
};

/** Text of one entry: enough to write some lines again by hand, and bounded. */
const KEPT_CHARS = 8_192;
const WHY_CHARS = 600;

/** What others only count; a minute of it is one entry. */
const COUNTED = [
  {
    meter: 'packets_dropped_total',
    cause: 'qos0-pressure',
    what: 'packets',
    why: 'too many packets were waiting; QoS 0 has no promise',
  },
  {
    meter: 'mqtt_queued_dropped_total',
    cause: 'subscriber-away',
    what: 'messages',
    why: 'the queue of an MQTT subscriber that is away was full; its oldest messages went',
  },
] as const;

/**
 * Writes the loss ledger 损失台账: whatever has to be given up stands there before it is forgotten. Nothing of the
 * store's is given up before its entry is durable.
 */
export class LossBook {
  readonly #ledger: LossLedger;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  #minute: { readonly from: Millis; readonly counts: readonly number[] };
  #aside: { readonly quarantine: number; readonly deviceEvents: number } | null = null;
  #readings = 0;

  constructor(given: { ledger: LossLedger; clock: Clock; log: Log; meters: Meters }) {
    this.#ledger = given.ledger;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#minute = { from: given.clock.now(), counts: this.#counts() };
  }

  /** Acknowledged readings and frames given up since the start: what an alarm is raised for. */
  get readings(): number {
    return this.#readings;
  }

  /** Resolves when the entries are durable. Told twice of the same lines, it notes them once. */
  async storeRefused(refused: readonly RefusedLine[]): Promise<void> {
    const at = this.#clock.now();
    const losses = [...bySeries(refused)].map((of) => entryOf(of, at));
    await this.#ledger.noteLosses(losses);
    for (const { what, n, point, metric, why, kept } of losses) {
      this.#readings += n;
      this.#meters.count(lossesTotal('store-refused'), n);
      this.#log.error(
        'the history store will never take some of what was acknowledged; it is in the loss ledger',
        {
          what,
          n,
          point: point ?? '',
          metric: metric ?? '',
          reason: why,
          line: kept?.slice(0, 300) ?? '',
        },
      );
    }
  }

  /** A file of the embedded store was set aside: what is in it is missing in charts until somebody has repaired it. */
  async fileSetAside(file: string, why: string): Promise<void> {
    const at = this.#clock.now();
    await this.#ledger.noteLosses([
      {
        ...NOBODYS,
        key: `file/${file}`,
        cause: 'file-damaged',
        at,
        until: at,
        what: 'files',
        n: 1,
        why,
        file,
      },
    ]);
    this.#readings += 1;
    this.#meters.count(lossesTotal('file-damaged'));
  }

  /** A broker that others run has forgotten our session, and with it what it had kept for us. */
  async brokerSession(why: string): Promise<void> {
    const at = this.#clock.now();
    const key = `broker-session/${at}`;
    await this.#ledger.noteLosses([
      { ...NOBODYS, key, cause: 'broker-session', at, until: at, what: 'packets', n: 0, why },
    ]);
    this.#readings += 1;
    this.#meters.count(lossesTotal('broker-session'));
  }

  /** Acknowledged turns are missing in the journal, whose own entry of it is there already. */
  journalWentBack({ from, to }: { readonly from: number; readonly to: number }): void {
    this.#readings += 1;
    this.#meters.count(lossesTotal('journal-went-back'));
    this.#log.error(
      'the database came back as of an earlier time: turns that had been acknowledged are lost; it stands in the loss ledger',
      { lastTurn: from, acknowledgedTurn: to },
    );
  }

  /** Every few seconds: what was only counted becomes an entry when its minute is over. */
  async look(): Promise<void> {
    await this.#lookAside();
    if (this.#clock.now() - this.#minute.from >= minutes(1)) await this.close();
  }

  /** Notes the minute so far. */
  async close(): Promise<void> {
    const until = this.#clock.now();
    const { from: at, counts: before } = this.#minute;
    const counts = this.#counts();
    this.#minute = { from: until, counts };
    const losses = COUNTED.flatMap(({ cause, what, why }, i): Loss[] => {
      const n = (counts[i] ?? 0) - (before[i] ?? 0);
      return n > 0 ? [{ ...NOBODYS, key: `${cause}/${at}`, cause, at, until, what, n, why }] : [];
    });
    if (losses.length === 0) return;
    await this.#ledger.noteLosses(losses);
    for (const { cause, n } of losses) this.#meters.count(lossesTotal(cause), n);
  }

  /** What the journal's own bounds threw away is in the ledger already; here it is only counted. */
  async #lookAside(): Promise<void> {
    const { quarantineDropped: quarantine, deviceEventsDropped: deviceEvents } =
      await this.#ledger.asideState();
    const before = this.#aside;
    this.#aside = { quarantine, deviceEvents };
    if (before === null) return;
    const more: readonly [LossCause, number][] = [
      ['quarantine-full', quarantine - before.quarantine],
      ['device-events-full', deviceEvents - before.deviceEvents],
    ];
    for (const [cause, n] of more) if (n > 0) this.#meters.count(lossesTotal(cause), n);
  }

  #counts(): number[] {
    return COUNTED.map(({ meter }) => this.#meters.sum(meter));
  }
}

const lossesTotal = (cause: LossCause): string => `losses_total{cause="${cause}"}`;

const NOBODYS = { point: null, device: null, metric: null, observed: null, kept: null, file: null } as const;

type OfSeries = {
  readonly point: PointCode;
  readonly metric: MetricKey;
  readonly device: DeviceCode | null;
  readonly what: 'readings' | 'frames';
  readonly why: string;
  readonly at: Millis[];
  readonly lines: Set<string>;
};

/** One entry for each series and reason. */
function bySeries(refused: readonly RefusedLine[]): Iterable<OfSeries> {
  const found = new Map<string, OfSeries>();
  const add = (
    of: { readonly point: PointCode; readonly metric: MetricKey; readonly observedAt: Millis },
    { line, reason, frame }: RefusedLine,
  ) => {
    const why = reason.slice(0, WHY_CHARS);
    const what = frame === null ? 'readings' : 'frames';
    const key = JSON.stringify([of.point, of.metric, what, why]);
    const series = found.get(key) ?? {
      point: of.point,
      metric: of.metric,
      device: frame?.device ?? null,
      what,
      why,
      at: [],
      lines: new Set<string>(),
    };
    found.set(key, series);
    series.at.push(of.observedAt);
    series.lines.add(line);
  };
  for (const line of refused) {
    for (const reading of line.readings) add(reading, line);
    if (line.frame !== null) add(line.frame, line);
  }
  return found.values();
}

function entryOf(s: OfSeries, at: Millis): Loss {
  const from = s.at.reduce((a, b) => Math.min(a, b));
  const to = s.at.reduce((a, b) => Math.max(a, b));
  const { point, metric, device, what, why } = s;
  return {
    // Not the hour of our clock: a batch that comes again after a crash is the same loss.
    key: JSON.stringify(['store-refused', point, metric, what, from, to, s.at.length]),
    cause: 'store-refused',
    at,
    until: at,
    what,
    n: s.at.length,
    point,
    device,
    metric,
    observed: { from, to },
    why,
    kept: textOf(s.lines),
    file: null,
  };
}

function textOf(lines: ReadonlySet<string>): string {
  const kept: string[] = [];
  let chars = 0;
  for (const line of lines) {
    if (kept.length > 0 && chars + line.length > KEPT_CHARS) break;
    kept.push(line.slice(0, KEPT_CHARS));
    chars += line.length + 1;
  }
  if (kept.length < lines.size) kept.push(`# ${lines.size - kept.length} more lines are not kept here`);
  return kept.join('\n');
}
