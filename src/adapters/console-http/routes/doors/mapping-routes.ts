import type { z } from 'zod';
import { as, type DeviceCode } from '../../../../domain/ids.ts';
import type { MappingFile } from '../../../../flow/ports/mappings.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { strangerOut } from '../../../../wire/http/doors/mappings.ts';
import { mapFrame } from '../../../../wire/mapping/frames.ts';
import { entryOf, telemetryOf } from '../../../../wire/mapping/gather.ts';
import { mapJson, namesOf } from '../../../../wire/mapping/json.ts';
import { type Mapped, NO_MAPPED, whoseOwn } from '../../../../wire/mapping/mapped.ts';
import { type FileFault, readMapping } from '../../../../wire/mapping/read.ts';
import type { FrameMapping, Mapping } from '../../../../wire/mapping/schema.ts';
import { decodeTelemetry } from '../../../../wire/mqtt/telemetry.ts';
import { isObject, readJson } from '../../../../wire/mqtt/telemetry-json.ts';
import { DOORS_ROOT, parseTopic, telemetryTopic } from '../../../../wire/mqtt/topics.ts';
import type { TriedProtocol } from '../../../../wire/protocols/case-reader.ts';
import type { Handlers } from '../../answer/handler.ts';
import { MetricBook } from '../../answer/metric-book.ts';
import { HttpProblem, refusedChange } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';

/** Strangers shown: more than that are another system's whole register, which is imported. */
const STRANGERS_AT_MOST = 200;
/** By whose wall answers of a tried frame are written; nobody sees them. */
const BEIJING = 8 * 3_600_000;
const LOOKED_AT = 5_000;

type Names = 'mappings' | 'putMapping' | 'tryMapping' | 'strangers' | 'adoptStranger';

export function mappingRoutes(parts: Services): Pick<Handlers, Names> {
  const { doors, service, journal, clock, log } = parts;
  const { mappings } = doors;
  const book = new MetricBook(service.packs());

  /** Of a draft that is tried and not kept. */
  async function tried(
    mapping: Mapping,
    ask: { text: string; hex: boolean; topic?: string | undefined },
  ): Promise<Mapped> {
    if (mapping.protocol === 'modbus')
      return flawed('frames', 'A bus is asked: its answers say nothing without the question.');
    if (mapping.protocol !== 'json') return triedFrames(mapping, mapping.protocol, ask);
    const names = ask.topic === undefined ? {} : namesOf(mapping.topics, ask.topic);
    if (names === null)
      return flawed('not-its-topic', `The mapping ${mapping.name} does not name this topic.`);
    const json = readJson(ask.hex ? Buffer.from(ask.text, 'hex') : new TextEncoder().encode(ask.text));
    if (!json.ok) return { ...NO_MAPPED, flaws: [json.error] };
    return mapJson(mapping, { json: json.value, names }, doors.directory);
  }

  /** Bytes of frames, or their text. */
  async function triedFrames(
    mapping: FrameMapping,
    protocol: TriedProtocol,
    ask: { text: string; hex: boolean },
  ): Promise<Mapped> {
    // The grammars of all doors, which few houses open: they come where one is tried.
    const { caseReaders } = await import('../../../../wire/protocols/case-reader.ts');
    const bytes = ask.hex ? Buffer.from(ask.text, 'hex') : Buffer.from(ask.text, 'latin1');
    const { frames, flaws } = caseReaders(clock.now(), BEIJING)[protocol](bytes, mapping);
    const mapped = frames.map((frame) => mapFrame(mapping, frame, doors.directory));
    const unread = flaws.map((code) => ({
      code,
      detail: `Bytes that are no good frame of ${protocol}: ${code}.`,
    }));
    return {
      packets: mapped.flatMap((m) => m.packets),
      unknown: mapped.flatMap((m) => m.unknown),
      flaws: [...unread, ...mapped.flatMap((m) => m.flaws)],
      leftOut: mapped.length > 0 && mapped.every((m) => m.leftOut),
    };
  }

  function readingsOf({ packets }: Mapped, flaws: { code: string; detail: string }[]) {
    return packets.flatMap((packet) => {
      const payload = new TextEncoder().encode(telemetryOf(packet));
      const topic = telemetryTopic(packet.lifeline, packet.device);
      const checked = service.check({ topic, payload, receivedAt: clock.now() });
      flaws.push(...checked.flaws);
      return checked.values.map((v) => ({
        station: packet.station,
        device: packet.device as string,
        lifeline: packet.lifeline as string,
        metric: v.reading.metric as string,
        value: v.reading.value,
        unit: book.find(packet.lifeline, v.reading.metric)?.unit ?? '',
        quality: v.reading.quality.grade,
        at: v.deviceTime === null ? null : iso(v.deviceTime),
      }));
    });
  }

  /** What its newest packet in quarantine says of a device that nobody has registered. */
  async function strangerOf(device: string): Promise<Omit<Stranger, 'packets' | 'firstAt' | 'lastAt'>> {
    const [newest] = (await journal.quarantine(as.device(device), 1, null)).items;
    const nothing = { device, station: null, mapping: null, lifeline: null, metrics: [] };
    if (newest === undefined) return nothing;
    if (!newest.topic.startsWith(DOORS_ROOT)) {
      const topic = parseTopic(newest.topic);
      const { instants } = decodeTelemetry(newest.bytes);
      const metrics = [...new Set(instants.flatMap((i) => i.values.map(([key]) => key)))];
      return { ...nothing, lifeline: topic.ok ? topic.value.lifeline : null, metrics };
    }
    const [, mapping = '', ...rest] = newest.topic.split('/');
    const station = rest.join('/');
    const inForce = mappings.of(mapping)?.inForce;
    const json = readJson(newest.bytes);
    const found =
      inForce?.protocol === 'json' && json.ok
        ? mapJson(inForce, { json: json.value }, doors.directory).unknown.find((u) => u.station === station)
        : undefined;
    const metrics = [...(found?.metrics ?? [])];
    const lifeline = found?.lifeline ?? inForce?.lifeline ?? likeliest(metrics);
    return { device, station, mapping, lifeline, metrics };
  }

  /** The lifeline that has most of these metrics; `null`: several have as many. */
  function likeliest(metrics: readonly string[]): string | null {
    const having = service
      .packs()
      .map((p) => ({
        lifeline: p.lifeline as string,
        n: metrics.filter((m) => book.find(p.lifeline, as.metric(m)) !== undefined).length,
      }))
      .sort((a, b) => b.n - a.n);
    const [first, second] = having;
    return first === undefined || first.n === 0 || first.n === second?.n ? null : first.lifeline;
  }

  return {
    mappings: () => ({ items: mappings.list().map(mappingJson), next: null }),
    putMapping: ({ params, body, session, was }) => {
      const text =
        isObject(body) && typeof body.text === 'string' ? body.text : JSON.stringify(body, null, 2);
      was({ text: mappings.of(params.mapping)?.text ?? null });
      const kept = mappings.put(params.mapping, text);
      if (!kept.ok) throw faulty(kept.error);
      log.info('a mapping was kept', { by: session.account, mapping: params.mapping });
      return mappingJson(kept.value);
    },
    tryMapping: async ({ params, body, session, register }) => {
      let mapping = mappings.of(params.mapping)?.inForce ?? null;
      if (body.mapping !== undefined) {
        const read = readMapping(body.mapping);
        if (!read.ok)
          return { faults: [...read.error], leftOut: false, readings: [], unknown: [], flaws: [] };
        mapping = read.value;
      }
      if (mapping === null) throw new HttpProblem('not-found');
      const mine = (device: DeviceCode) => session.areas === null || register.device(device) !== undefined;
      const mapped = whoseOwn(await tried(mapping, body), mine);
      const flaws = [...mapped.flaws];
      const readings = readingsOf(mapped, flaws);
      const unknown = mapped.unknown.map((u) => ({ ...u, metrics: [...u.metrics] }));
      return { faults: [], leftOut: mapped.leftOut, readings, unknown, flaws };
    },
    strangers: async ({ session }) => {
      // Of a device that nobody has placed only those may look who see the whole city.
      if (session.areas !== null) return { items: [], next: null };
      const all = await journal.quarantinedDevices(LOOKED_AT);
      const unknown = all.filter((q) => service.register.device(q.device) === undefined);
      const items = await Promise.all(
        unknown.slice(0, STRANGERS_AT_MOST).map(async ({ device, packets, firstAt, lastAt }) => ({
          ...(await strangerOf(device)),
          packets,
          firstAt: iso(firstAt),
          lastAt: iso(lastAt),
        })),
      );
      return { items, next: null };
    },
    adoptStranger: async ({ params, body, session, language, became }) => {
      const device = as.device(params.code);
      const { station, mapping } = await strangerOf(params.code);
      const done = await service.changeRegister({
        do: 'register-itself',
        device,
        lifeline: as.lifeline(body.lifeline),
      });
      if (!done.ok) throw refusedChange(done.error, language);
      if (body.name !== undefined) await named(params.code, body.name);
      if (station !== null && mapping !== null) putInTable(mapping, station, params.code);
      became({ device: params.code, lifeline: body.lifeline, station, mapping });
      log.info('an unknown device was registered', { by: session.account, device: params.code });
      return { device: params.code, point: params.code };
    },
  };

  async function named(code: string, name: string): Promise<void> {
    const point = service.register.point(as.point(code));
    if (point === undefined) return;
    await service.changeRegister({ do: 'state', entries: [{ kind: 'point', point: { ...point, name } }] });
  }

  /** A station whose own name is no code of ours, or that its mapping has in no table, is put there. */
  function putInTable(mapping: string, station: string, device: string): void {
    const file = mappings.of(mapping);
    if (file?.inForce == null || entryOf(file.inForce, station).device === device) return;
    const whole = JSON.parse(file.text) as { station: { table?: Record<string, unknown> } };
    whole.station.table = { ...whole.station.table, [station]: device };
    const kept = mappings.put(mapping, `${JSON.stringify(whole, null, 2)}\n`);
    if (!kept.ok) throw faulty(kept.error);
  }
}

type Stranger = z.infer<typeof strangerOut>;

const flawed = (code: string, detail: string): Mapped => ({ ...NO_MAPPED, flaws: [{ code, detail }] });

/** Each with its line: `line 12, station.at`. */
const faulty = (faults: readonly FileFault[]) =>
  new HttpProblem('invalid', {
    errors: faults.slice(0, 20).map(({ line, path, why }) => ({
      at: `line ${line}${path === '' ? '' : `, ${path.slice(0, 100)}`}`,
      message: why.slice(0, 400),
    })),
  });

function mappingJson({ name, from, text, inForce, faults }: MappingFile) {
  return {
    name,
    title: inForce?.title ?? null,
    protocol: inForce?.protocol ?? null,
    from,
    inForce: inForce !== null,
    faults: [...faults],
    lifeline: inForce?.lifeline ?? null,
    topics: inForce?.protocol === 'json' ? inForce.topics : [],
    sign: inForce?.protocol === 'json' ? inForce.push.sign : null,
    text,
  };
}
