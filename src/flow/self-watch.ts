import { NO_END_IN_SIGHT } from '../domain/certificate.ts';
import { as } from '../domain/ids.ts';
import { type Device, type Point, UNPLACED_AREA } from '../domain/register/register.ts';
import { type Duration, type Millis, minutes } from '../domain/time.ts';
import type { CertificateWatch } from './certificate-watch.ts';
import type { RegisterDesk } from './core/register-desk.ts';
import type { Meters } from './ports/meters.ts';
import type { RegisterView } from './ports/service.ts';
import type { Drain } from './storage/drain.ts';
import type { SpoolWatch } from './storage/spool-watch.ts';
import type { Turn } from './turn.ts';

const PLATFORM = as.lifeline('platform');
const SELF = 'PLATFORM';
const TOPIC = `lifeline/v1/${PLATFORM}/${SELF}/telemetry`;

const SELF_POINT: Point = {
  code: as.point(SELF),
  name: '本平台',
  lifeline: PLATFORM,
  asset: null,
  area: UNPLACED_AREA.code,
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
};

const SELF_DEVICE: Device = {
  code: as.device(SELF),
  lifeline: PLATFORM,
  point: SELF_POINT.code,
  vendor: null,
  serial: null,
  installedAt: null,
  unverified: false,
};

type KnownCertificates = Pick<CertificateWatch, 'daysLeft' | 'isOneUnusable' | 'isRenewalRefused'>;

const NO_CERTIFICATES: KnownCertificates = {
  daysLeft: () => ({ https: NO_END_IN_SIGHT, mqtts: NO_END_IN_SIGHT, authority: NO_END_IN_SIGHT }),
  isOneUnusable: () => false,
  isRenewalRefused: false,
};

/**
 * The service watches itself as it watches a street: what it knows of its own state goes through the same turn,
 * history and rules, so that a store that is away or a spool that fills is an alarm before the same people.
 */
export class SelfWatch {
  readonly #turn: Turn;
  readonly #registrar: RegisterDesk;
  readonly #drain: Drain;
  readonly #spool: SpoolWatch;
  readonly #losses: { readonly readings: number };
  readonly #meters: Meters;
  readonly #rssMiB: () => number;
  readonly #clock: { readonly apart: Duration };
  readonly #devices: { readonly devicesSay: Duration | null };
  readonly #probe: { readonly misses: number };
  readonly #audit: { readonly isFailing: boolean } | undefined;
  readonly #certificates: KnownCertificates;
  readonly #stalledUp: (now: Millis) => readonly string[];
  #before: {
    at: Millis;
    packets: number;
    aside: number;
    dropped: number;
    lost: number;
    ended: number;
  } | null = null;

  constructor(given: {
    turn: Turn;
    registrar: RegisterDesk;
    drain: Drain;
    spool: SpoolWatch;
    /** Acknowledged readings given up so far. */
    losses: { readonly readings: number };
    meters: Meters;
    rssMiB: () => number;
    /** By how much the machine's clock is beyond ours. */
    clock: { readonly apart: Duration };
    /** By how much the clocks of the devices are beyond ours. */
    devices: { readonly devicesSay: Duration | null };
    /** Beats of the probe in a row that did not come out. */
    probe: { readonly misses: number };
    audit?: { readonly isFailing: boolean };
    /** Left out: there are none. */
    certificates?: KnownCertificates;
    /** Names of platforms above that something live waits for; left out: there are none. */
    stalledUp?: (now: Millis) => readonly string[];
  }) {
    this.#stalledUp = given.stalledUp ?? (() => []);
    this.#audit = given.audit;
    this.#turn = given.turn;
    this.#registrar = given.registrar;
    this.#drain = given.drain;
    this.#spool = given.spool;
    this.#losses = given.losses;
    this.#meters = given.meters;
    this.#rssMiB = given.rssMiB;
    this.#clock = given.clock;
    this.#certificates = given.certificates ?? NO_CERTIFICATES;
    this.#devices = given.devices;
    this.#probe = given.probe;
  }

  /** Registers the service's own point where it is not there yet. */
  async start(register: RegisterView): Promise<void> {
    if (register.device(as.device(SELF)) !== undefined) return;
    const stated = await this.#registrar.order({
      do: 'state',
      entries: [
        { kind: 'point', point: SELF_POINT },
        { kind: 'device', device: SELF_DEVICE },
      ],
    });
    if (!stated.ok)
      throw new Error(`the register refuses the service's own point: ${JSON.stringify(stated.error.flaws)}`);
  }

  /** Says how things stand now. */
  report(now: Millis): void {
    const packets = this.#meters.sum('mqtt_packets_total');
    const aside = this.#meters.sum('packets_quarantined_total');
    const dropped = this.#meters.sum('packets_dropped_total');
    const lost = this.#losses.readings;
    const ended = this.#meters.sum('history_process_ends_total');
    const { state, full } = this.#spool;
    const { trouble } = this.#drain;
    const ends = this.#certificates.daysLeft(now);
    const values: Record<string, number | boolean> = {
      spool: round(full * 100),
      backlog: state.oldest === null ? 0 : Math.max(0, round((now - state.oldest) / 1_000)),
      store: trouble !== null,
      locked: trouble?.kind === 'unauthorised',
      held: this.#spool.isHolding,
      audit: this.#audit?.isFailing ?? false,
      restarts: ended - (this.#before?.ended ?? 0),
      rss: round(this.#rssMiB()),
      lost: lost - (this.#before?.lost ?? 0),
      clock: round(this.#clock.apart / 1_000),
      httpsDays: ends.https,
      mqttsDays: ends.mqtts,
      authorityDays: ends.authority,
      certificate: this.#certificates.isOneUnusable(now),
      renewal: this.#certificates.isRenewalRefused,
      probe: this.#probe.misses,
      upward: this.#stalledUp(now).length > 0,
    };
    const { devicesSay } = this.#devices;
    if (devicesSay !== null) values.devices = round(devicesSay / 1_000);
    const before = this.#before;
    if (before !== null && now > before.at) {
      const passed = now - before.at;
      values.intake = round(((packets - before.packets) / passed) * 1_000);
      values.aside = round(((aside - before.aside) / passed) * minutes(1));
      values.dropped = round(((dropped - before.dropped) / passed) * minutes(1));
    }
    this.#before = { at: now, packets, aside, dropped, lost, ended };
    const payload = new TextEncoder().encode(JSON.stringify({ ts: now, values }));
    this.#turn.intake(
      { topic: TOPIC, payload, qos: 1, retain: false, receivedAt: now, own: true },
      () => undefined,
    );
  }
}

const round = (x: number): number => Math.round(x * 100) / 100;
