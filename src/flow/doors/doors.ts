import { maySeeArea } from '../../domain/account/scope.ts';
import { as, type DeviceCode } from '../../domain/ids.ts';
import { telemetryOf } from '../../wire/mapping/gather.ts';
import { idOf, mapJson, namesOf } from '../../wire/mapping/json.ts';
import { type DeviceDirectory, NO_MAPPED, whoseOwn } from '../../wire/mapping/mapped.ts';
import { readJson } from '../../wire/mqtt/telemetry-json.ts';
import { DOORS_ROOT, telemetryTopic } from '../../wire/mqtt/topics.ts';
import type { AdmittedClient, Flaw, Intake, Origin, Packet } from '../ports/broker.ts';
import type { Brought, DoorDocument, Doors } from '../ports/doors.ts';
import type { Mappings } from '../ports/mappings.ts';
import type { Meters } from '../ports/meters.ts';
import type { RegisterView } from '../ports/service.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { Remembered } from './remembered.ts';

type Release = Parameters<Intake>[1];

/** Bytes that rows of strangers of one packet may take in quarantine: each has the whole packet beside it. */
const STRANGERS_BYTES = 1024 * 1024;
const STRANGERS_AT_LEAST = 4;
const STRANGERS_AT_MOST = 200;

const utf8 = new TextEncoder();

/** Where other people's packets come in: mapped, then on the way of our own, and released when all of it is durable. */
export class PacketDoors implements Doors {
  readonly mappings: Mappings;
  readonly directory: DeviceDirectory;
  readonly #intake: Intake;
  readonly #meters: Meters;
  readonly #register: Pick<RegisterView, 'device' | 'point' | 'area'>;
  readonly #ids = new Remembered();

  constructor(o: {
    mappings: Mappings;
    register: Pick<RegisterView, 'device' | 'point' | 'area'>;
    book: Pick<RuleBook, 'planOf'>;
    /** An unknown device becomes one of the lifeline that its mapping names. */
    autoRegister: boolean;
    intake: Intake;
    meters: Meters;
  }) {
    this.mappings = o.mappings;
    this.#register = o.register;
    this.#intake = o.intake;
    this.#meters = o.meters;
    this.directory = (device, proposed) => {
      const lifeline = o.register.device(device)?.lifeline ?? (o.autoRegister ? proposed : undefined);
      const plan = lifeline === undefined ? undefined : o.book.planOf(lifeline as never);
      if (plan === undefined) return undefined;
      return { lifeline: plan.pack.lifeline, metric: (key) => plan.metrics.get(key) };
    };
  }

  take(arrival: DoorDocument, release: Release): void {
    const { mapping, bytes } = arrival;
    const json = readJson(bytes);
    if (!json.ok) {
      this.offer({ ...arrival, mapped: { ...NO_MAPPED, flaws: [json.error] } }, release);
      return;
    }
    const id = idOf(mapping, json.value);
    const isAgain = id !== null && this.#ids.has(mapping.name, id);
    if (isAgain) {
      this.#meters.count(`door_messages_total{door="${mapping.name}",came="again"}`);
      release('kept', []);
      return;
    }
    const mapped = mapJson(mapping, { json: json.value, names: arrival.names ?? {} }, this.directory);
    this.offer({ ...arrival, mapped: whoseOwn(mapped, arrival.mine) }, (outcome, flaws) => {
      // Only what is on disk: what was not kept is sent again, and must be taken then.
      if (outcome === 'kept' && id !== null) this.#ids.add(mapping.name, id);
      release(outcome, flaws);
    });
  }

  offer({ mapping, mapped, bytes, qos, receivedAt }: Brought, release: Release): void {
    const { packets, unknown } = mapped;
    const came = mapped.leftOut ? 'left-out' : packets.length > 0 ? 'taken' : 'set-aside';
    this.#meters.count(`door_messages_total{door="${mapping.name}",came="${came}"}`);
    const to: Packet[] = [];
    let flaws: readonly Flaw[] = mapped.flaws;
    const base = { qos, retain: false, receivedAt } as const;
    const origin = (more: Omit<Origin, 'bytes'>): Origin => ({ bytes, ...more });
    for (const packet of packets) {
      // What the mapping could not use is told once, with the first.
      to.push({
        ...base,
        topic: telemetryTopic(packet.lifeline, packet.device),
        payload: utf8.encode(telemetryOf(packet)),
        origin: origin({ flaws }),
      });
      flaws = [];
    }
    const room = Math.floor(STRANGERS_BYTES / Math.max(1, bytes.byteLength));
    const told = unknown.slice(0, Math.min(STRANGERS_AT_MOST, Math.max(STRANGERS_AT_LEAST, room)));
    for (const { station, device } of told) {
      const more = unknown.length > told.length ? ` It brought ${unknown.length} such stations.` : '';
      const stranger: Flaw = {
        code: 'unknown-station',
        detail: `Station ${JSON.stringify(station)}, by the mapping ${mapping.name}, is no device of the register: register it.${more}`,
      };
      to.push({
        ...base,
        topic: `${DOORS_ROOT}${mapping.name}/${station}`,
        payload: NOTHING,
        origin: origin({ flaws: [stranger, ...flaws], ...(device === null ? {} : { stranger: device }) }),
      });
      flaws = [];
    }
    if (flaws.length > 0)
      to.push({
        ...base,
        topic: `${DOORS_ROOT}${mapping.name}`,
        payload: NOTHING,
        origin: origin({ flaws }),
      });
    this.#giveAll(to, release);
  }

  topic(topic: string): ReturnType<Doors['topic']> {
    for (const { inForce } of this.mappings.list()) {
      if (inForce?.protocol !== 'json' || inForce.topics.length === 0) continue;
      const names = namesOf(inForce.topics, topic);
      if (names !== null) return { mapping: inForce, names };
    }
    return null;
  }

  fromTopic(who: AdmittedClient, packet: Packet, release: Release): void {
    const found = this.topic(packet.topic);
    if (found === null) {
      // The mapping has gone since its client was let on: the core sets aside what is on no topic of ours.
      this.#intake(packet, release);
      return;
    }
    const { payload: bytes, qos, receivedAt } = packet;
    const names = who.as === 'device' ? { ...found.names, client: who.device } : found.names;
    this.take({ mapping: found.mapping, bytes, qos, receivedAt, names, mine: this.#ownOf(who) }, release);
  }

  #ownOf(who: AdmittedClient): (device: DeviceCode) => boolean {
    if (who.as === 'device') return (device) => device === who.device;
    if (who.as === 'anonymous' || who.areas == null) return () => true;
    const { areas } = who;
    return (code) => {
      const point = this.#register.device(code)?.point ?? null;
      const area = point === null ? undefined : this.#register.point(point)?.area;
      return area != null && maySeeArea(areas, area, (a) => this.#register.area(as.area(a))?.parent ?? null);
    };
  }

  forbidden(who: AdmittedClient, topic: string): string | null {
    const found = this.topic(topic);
    if (found === null) return `no mapping names the topic ${JSON.stringify(topic)}`;
    if (who.as !== 'system') return null;
    const { name, from } = found.mapping;
    return who.name !== undefined && from.includes(who.name)
      ? null
      : `the mapping ${name} does not name it in "from": it may read alarms, and publish nothing`;
  }

  /** Released when the last of them is: by the worst of their outcomes. */
  #giveAll(packets: readonly Packet[], release: Release): void {
    if (packets.length === 0) {
      // As if it had gone through a turn: nobody is answered within their own call.
      queueMicrotask(() => release('kept', []));
      return;
    }
    let waiting = packets.length;
    let worst: Parameters<Release>[0] = 'kept';
    const flaws: Flaw[] = [];
    for (const packet of packets)
      this.#intake(packet, (outcome, said) => {
        flaws.push(...said);
        if (outcome === 'failed' || (outcome === 'dropped' && worst === 'kept')) worst = outcome;
        if (--waiting === 0) release(worst, flaws);
      });
  }
}

const NOTHING = new Uint8Array();
