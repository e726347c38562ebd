import type { Alarm } from '../../domain/alarm/alarm.ts';
import { numberOf, type ReadingWindow, type UpItem } from '../../domain/upstream/item.ts';
import { partOf, takesArea, type UpstreamSetup } from '../../domain/upstream/setup.ts';
import { PLATFORM } from '../../packs/platform.ts';
import { PROBE } from '../../packs/probe.ts';
import { alarmToJson } from '../../wire/alarm.ts';
import { alarmEventJson } from '../../wire/http/alarms.ts';
import { incidentEventJson, incidentToJson } from '../../wire/response/incident.ts';
import { orderEventJson, orderToJson } from '../../wire/response/order.ts';
import { warningEventJson, warningToJson } from '../../wire/response/warning.ts';
import type { ReadingsContent, RegisterContent } from '../../wire/upstream/lifeline.ts';
import type { Core } from '../core/core.ts';
import { isChosen } from '../exchange/upstream-desk.ts';
import type { History, WindowReading } from '../ports/history.ts';
import { type AnyJournaled, isOfAlarm, isReal, type Journal } from '../ports/journal.ts';
import type { UpDocument } from '../ports/upstream/line.ts';

export type RenderParts = {
  readonly core: Core;
  readonly journal: Pick<Journal, 'eventsAfter' | 'eventsOf' | 'responseEvents'>;
  readonly history: Pick<History, 'window' | 'raw'>;
  /** SM3 of a text, in hex. */
  readonly digest: (text: string) => string;
};

const OUR_OWN: ReadonlySet<string> = new Set([PLATFORM.lifeline, PROBE.lifeline]);
/** Readings of one series within a window at most, where the store is asked series by series. */
const OF_A_SERIES = 100_000;

/** Fetches what an item stands for: from the journal, the register or the history. */
export class Renderer {
  readonly #parts: RenderParts;
  /** The window asked for last: its parts come one after the other. */
  #window: { readonly key: string; readonly rows: Promise<readonly WindowReading[]> } | null = null;

  constructor(parts: RenderParts) {
    this.#parts = parts;
  }

  /** @returns `null`: it is nowhere any more, which the journal does not let happen */
  async documentOf(item: UpItem, setup: UpstreamSetup): Promise<UpDocument | null> {
    const made = await this.#contentOf(item, setup);
    if (made === null) return null;
    return {
      number: numberOf(item),
      lane: item.lane,
      object: item.object,
      at: item.at,
      late: item.content.of === 'readings' && item.content.late,
      set: item.set ?? {},
      ...made,
    };
  }

  async #contentOf(item: UpItem, setup: UpstreamSetup): Promise<Pick<UpDocument, 'exact' | 'said'> | null> {
    const { content } = item;
    switch (content.of) {
      case 'event': {
        const [found] = await this.#parts.journal.eventsAfter((content.seq - 1) as typeof content.seq, 1);
        return found?.seq === content.seq && isReal(found) ? this.#eventOf(found) : null;
      }
      case 'open-alarm': {
        const events = await this.#parts.journal.eventsOf(content.alarm);
        const last = events.at(-1);
        return last === undefined ? null : this.#eventOf(last);
      }
      case 'open-response': {
        const events = await this.#parts.journal.responseEvents(content.id);
        const last = events.at(-1);
        return last === undefined ? null : this.#eventOf(last);
      }
      case 'register':
        return this.#registerOf(content.version, setup);
      case 'state': {
        const device = this.#parts.core.register.device(content.device);
        const at = device?.point == null ? undefined : this.#parts.core.register.point(device.point);
        const said = {
          device: content.device,
          point: device?.point ?? null,
          lifeline: device?.lifeline ?? null,
          area: at?.area ?? null,
          online: content.online,
          at: new Date(content.at).toISOString(),
        };
        return { exact: () => said, said: () => [{ deviceState: said }] };
      }
      case 'readings':
        return this.#readingsOf(content, setup);
    }
  }

  #eventOf(found: AnyJournaled): Pick<UpDocument, 'exact' | 'said'> {
    const exact = () => ({ event: found.event, after: found.after });
    if (isOfAlarm(found)) {
      const { seq, event, after } = found;
      const said = () => ({
        alarm: alarmToJson(after, { current: null, worst: after.worst }),
        event: alarmEventJson(seq, event),
        place: this.#placeOf(after),
      });
      return { exact, said: () => [said()] };
    }
    switch (found.of) {
      case 'order': {
        const { event, after } = found;
        return {
          exact,
          said: () => [{ order: orderToJson(after, event.at), event: orderEventJson(found.seq, event) }],
        };
      }
      case 'warning': {
        const { event, after } = found;
        return {
          exact,
          said: () => [{ warning: warningToJson(after), event: warningEventJson(found.seq, event) }],
        };
      }
      case 'incident': {
        const { event, after } = found;
        return {
          exact,
          said: () => [{ incident: incidentToJson(after), event: incidentEventJson(found.seq, event) }],
        };
      }
      default:
        return { exact, said: () => [] };
    }
  }

  #placeOf(alarm: Alarm) {
    const place = this.#parts.core.register.point(alarm.pointCode)?.place ?? null;
    return place === null ? null : { lon: place.lon, lat: place.lat };
  }

  #registerOf(version: number, setup: UpstreamSetup): Pick<UpDocument, 'exact' | 'said'> {
    const { register } = this.#parts.core;
    const points = register.points().filter((p) => takesArea(setup, p.area));
    const codes = new Set<string>(points.map((p) => p.code));
    const snapshot = {
      areas: register.areas(),
      assets: register.assets().filter((a) => takesArea(setup, a.area)),
      points,
      devices: register.devices().filter((d) => d.point !== null && codes.has(d.point)),
    };
    const content = (): RegisterContent =>
      ({
        version,
        digest: this.#parts.digest(JSON.stringify(snapshot)),
        ...snapshot,
      }) as unknown as RegisterContent;
    return { exact: content, said: () => [{ register: content() }] };
  }

  async #readingsOf(w: ReadingWindow, setup: UpstreamSetup): Promise<Pick<UpDocument, 'exact' | 'said'>> {
    const { register } = this.#parts.core;
    const { readings } = setup;
    const all = await this.#rowsOf(w, setup);
    const rows = all.filter(({ point, metric }) => {
      if (partOf(point, w.parts) !== w.part || w.points?.includes(point) === false) return false;
      if (readings !== null && !isChosen(readings, point, metric)) return false;
      const known = register.point(point);
      // Each platform has points of itself, by the same names: they are no part of the city.
      if (known === undefined || OUR_OWN.has(known.lifeline) || !takesArea(setup, known.area)) return false;
      return readings?.lifelines?.includes(known.lifeline) ?? true;
    });
    const exact = (): ReadingsContent => {
      const series = new Map<string, ReadingsContent['series'][number]>();
      for (const r of rows) {
        const key = `${r.point}\u0000${r.metric}`;
        let one = series.get(key);
        if (one === undefined) {
          one = [r.point, r.metric, []];
          series.set(key, one);
        }
        const { quality } = r;
        one[2].push(
          quality.grade === 'good' ? [r.t, r.value] : [r.t, r.value, `${quality.grade}:${quality.why}`],
        );
      }
      return { from: w.from, to: w.to, series: [...series.values()] };
    };
    const said = () =>
      rows.map((r) => {
        const known = register.point(r.point);
        return {
          reading: {
            point: r.point,
            lifeline: known?.lifeline ?? null,
            area: known?.area ?? null,
            metric: r.metric,
            value: r.value,
            quality: r.quality.grade,
            observedAt: new Date(r.t).toISOString(),
            backfill: r.backfill,
          },
        };
      });
    return { exact, said };
  }

  #rowsOf(w: ReadingWindow, setup: UpstreamSetup): Promise<readonly WindowReading[]> {
    const { history } = this.#parts;
    const mode = setup.readings?.mode ?? 'all';
    const key = `${setup.name} ${mode} ${w.from} ${w.to}`;
    if (this.#window?.key === key) return this.#window.rows;
    const rows =
      history.window === undefined
        ? this.#seriesBySeries(w, setup)
        : history.window({ from: w.from, to: w.to, mode: w.late ? 'all' : mode });
    this.#window = { key, rows };
    // What could not be had is asked for again.
    rows.catch(() => {
      this.#window = null;
    });
    return rows;
  }

  async #seriesBySeries(w: ReadingWindow, setup: UpstreamSetup): Promise<readonly WindowReading[]> {
    const { core, history } = this.#parts;
    const found: WindowReading[] = [];
    const chosen = setup.readings?.points ?? core.register.points().map((p) => p.code);
    for (const point of chosen)
      for (const metric of core.points.of(point)?.latest.keys() ?? []) {
        const rows = await history.raw({ point, metric, from: w.from, to: w.to, limit: OF_A_SERIES });
        const wanted = setup.readings?.mode === 'latest' && !w.late ? rows.slice(-1) : rows;
        found.push(...wanted.map((r) => ({ ...r, point, metric })));
      }
    return found;
  }
}
