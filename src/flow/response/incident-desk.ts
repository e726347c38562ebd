import type { Alarm } from '../../domain/alarm/alarm.ts';
import { type AlarmId, as, type DrillId, type IncidentId } from '../../domain/ids.ts';
import {
  areTogether,
  type Correlation,
  countOf,
  JOINING_ATTRIBUTES,
  looksAt,
  type Suspect,
} from '../../domain/incident/correlation.ts';
import { decideIncident } from '../../domain/incident/decide.ts';
import { evolveIncident } from '../../domain/incident/evolve.ts';
import {
  type Incident,
  type IncidentCommand,
  type JoinReason,
  takesAlarms,
} from '../../domain/incident/incident.ts';
import { OpenIncidents } from '../../domain/incident/open-incidents.ts';
import type { Level } from '../../domain/level.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Duration } from '../../domain/time.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import type { ResponseDraft } from './order-desk.ts';

/** Alarms that the machine puts to one incident: a flood's further ones say nothing new, and each event carries them all. */
const MEMBERS_AT_MOST = 100;
/** Alarms that one correlation remembers: in a flood the newest of them say enough. */
const REMEMBERED = 500;

/** The desk for incidents, inside the turn: correlates alarms as they are raised, by data, and touches none of them. */
export class IncidentDesk {
  readonly #incidents = new OpenIncidents();
  /** Those of drills that run. */
  readonly #drilled = new OpenIncidents();
  readonly #recent = new Map<string, Suspect[]>();
  readonly #correlations: readonly Correlation[];
  readonly #register: RegisterView;

  constructor(given: { readonly correlations: readonly Correlation[]; readonly register: RegisterView }) {
    this.#correlations = given.correlations;
    this.#register = given.register;
  }

  /** Those that are real. */
  get open(): ReadonlyMap<IncidentId, Incident> {
    return this.#incidents.all;
  }

  get drilled(): ReadonlyMap<IncidentId, Incident> {
    return this.#drilled.all;
  }

  find(id: IncidentId, durable: Incident | null): Incident | null {
    return this.open.get(id) ?? this.drilled.get(id) ?? durable;
  }

  incidentOf(alarm: AlarmId): Incident | null {
    return this.#incidents.of(alarm) ?? this.#drilled.of(alarm);
  }

  command(
    incident: Incident | null,
    command: IncidentCommand,
    draft: ResponseDraft,
  ): Result<Incident, Refusal> {
    if (incident?.from !== undefined) return no({ code: 'of-a-source', detail: null });
    const decided = decideIncident(incident, command, draft.at);
    if (!decided.ok) return decided;
    let now = incident;
    for (const event of decided.value) {
      now = evolveIncident(now, event);
      draft.respond({ of: 'incident', event, after: now });
    }
    if (now !== null && now !== incident) this.#put(now);
    return ok(now as Incident);
  }

  /** What alarms did in this turn: those that were raised live, or are there live now, are put to each correlation. */
  follow(events: readonly JournaledEvent[], draft: ResponseDraft): void {
    for (const { event, after } of events) {
      const { kind } = event.change;
      if (kind === 'raised' || kind === 'recurred') {
        if (!after.late && after.overlay.is === 'none' && this.incidentOf(after.id) === null)
          this.#correlate(after, draft);
      } else if (kind === 'escalated') this.#rose(after, draft);
    }
  }

  suspectOf(alarm: Alarm): Suspect {
    const point = this.#register.point(alarm.pointCode);
    const asset = alarm.assetCode === null ? undefined : this.#register.asset(alarm.assetCode);
    const place = point?.place ?? asset?.place ?? null;
    const joining = Object.fromEntries(
      JOINING_ATTRIBUTES.flatMap((name) => {
        const value = point?.attributes[name]?.trim() ?? '';
        return value === '' ? [] : [[name, value]];
      }),
    );
    return {
      alarm: alarm.id,
      rule: alarm.ruleId,
      lifeline: alarm.lifeline,
      level: alarm.level,
      point: alarm.pointCode,
      asset: alarm.assetCode,
      area: alarm.areaCode,
      ...(Object.keys(joining).length === 0 ? {} : { joining }),
      at: place && { lon: place.lon, lat: place.lat },
      raisedAt: alarm.raisedAt,
      ...(alarm.drill === undefined ? {} : { drill: alarm.drill }),
    };
  }

  /** A drill is over: what it left stands as it was. */
  drop(drill: DrillId): void {
    this.#drilled.drop((i) => i.drill === drill);
    for (const key of [...this.#recent.keys()]) if (key.endsWith(`/${drill}`)) this.#recent.delete(key);
  }

  /** Puts back what is open, and what was raised lately. */
  restore(incidents: readonly Incident[], alarms: Iterable<Alarm>): void {
    for (const i of incidents) this.#put(i);
    for (const alarm of [...alarms].sort((a, b) => a.raisedAt - b.raisedAt))
      if (!alarm.late && alarm.overlay.is === 'none') this.#remember(this.suspectOf(alarm));
  }

  /** Our clock was set while nothing ran: what was raised lately was so as long ago. */
  clockMoved(by: Duration): void {
    for (const [id, list] of this.#recent)
      this.#recent.set(
        id,
        list.map((s) => ({ ...s, raisedAt: s.raisedAt + by })),
      );
  }

  #correlate(alarm: Alarm, draft: ResponseDraft): void {
    const suspect = { ...this.suspectOf(alarm), raisedAt: draft.at };
    for (const c of this.#correlations) {
      if (!looksAt(c, suspect.rule)) continue;
      const near = (this.#recent.get(memoryOf(c, suspect)) ?? []).filter((s) => areTogether(c, s, suspect));
      if (near.length > 0 && this.#together(c, suspect, { near, draft })) break;
    }
    this.#remember(suspect);
  }

  /** @returns true where it has its incident now */
  #together(
    c: Correlation,
    suspect: Suspect,
    { near, draft }: { readonly near: readonly Suspect[]; readonly draft: ResponseDraft },
  ): boolean {
    const group = [...near, suspect];
    const host = near
      .flatMap((s) => this.incidentOf(s.alarm) ?? [])
      .filter((i) => takesAlarms(i) && !i.released.includes(suspect.alarm))
      .sort((a, b) => a.madeAt - b.madeAt)[0];
    const free = group.filter((s) => this.incidentOf(s.alarm) === null);
    const all = host === undefined ? group : [...host.members, ...free];
    const n = countOf(c, all);
    if (n < c.formsFrom) return false;
    const level = raised(all, n >= c.k ? c.raises : 0);
    const reasons = free.map((s) => reasonOf(c, s, n));
    if (host !== undefined) {
      if (host.members.length >= MEMBERS_AT_MOST) return true;
      this.command(host, { do: 'correlate', members: free, reasons, level, isWhole: n >= c.k }, draft);
      return true;
    }
    // Taken out of an incident by a person: the machine makes no new one of it.
    const members = free.filter((s) => !this.#wasReleased(s.alarm));
    if (countOf(c, members) < c.formsFrom) return false;
    const id = as.incident(`I${suspect.alarm.slice(1)}`);
    const birth = {
      id,
      kind: c.id,
      name: c.name,
      members,
      reasons,
      level,
      forming: n < c.k,
      ...(suspect.drill === undefined ? {} : { drill: suspect.drill }),
    };
    this.command(null, { do: 'create', by: null, birth }, draft);
    return true;
  }

  #put(incident: Incident): void {
    (incident.drill === undefined ? this.#incidents : this.#drilled).put(incident);
  }

  #wasReleased(alarm: AlarmId): boolean {
    for (const i of [...this.open.values(), ...this.drilled.values()])
      if (i.released.includes(alarm)) return true;
    return false;
  }

  /** A member has become graver: so has its incident. */
  #rose(alarm: Alarm, draft: ResponseDraft): void {
    const incident = this.incidentOf(alarm.id);
    if (incident === null || !takesAlarms(incident)) return;
    const c = this.#correlations.find((x) => x.id === incident.kind);
    const raises = incident.state === 'forming' ? 0 : (c?.raises ?? 0);
    const level = raised([this.suspectOf(alarm)], raises);
    this.command(incident, { do: 'correlate', members: [], reasons: [], level, isWhole: false }, draft);
  }

  #remember(suspect: Suspect): void {
    for (const c of this.#correlations) {
      if (!looksAt(c, suspect.rule)) continue;
      const since = suspect.raisedAt - c.within;
      // One that comes back is the same alarm, and lies where it came back.
      const kept = (this.#recent.get(memoryOf(c, suspect)) ?? [])
        .filter((s) => s.raisedAt >= since && s.alarm !== suspect.alarm)
        .slice(1 - REMEMBERED);
      this.#recent.set(memoryOf(c, suspect), [...kept, suspect]);
    }
  }
}

/** A drill remembers apart: a flood in it pushes nothing real out. */
const memoryOf = (c: Correlation, { drill }: Suspect): string =>
  drill === undefined ? c.id : `${c.id}/${drill}`;

/** As grave as its gravest member, or a level above. */
function raised(members: readonly Suspect[], by: 0 | 1): Level {
  const gravest = Math.min(...members.map((m) => m.level));
  return Math.max(1, gravest - by) as Level;
}

function reasonOf(c: Correlation, s: Suspect, n: number): JoinReason {
  const min = Math.round(c.within / 60_000);
  const where = WHERE[c.same ?? 'near'](c.withinM);
  return {
    alarm: s.alarm,
    by: c.by,
    detail: {
      zh: `${c.name.zh}：${where.zh}、${min} 分钟内 ${n} 处`,
      en: `${c.name.en}: ${n} of them ${where.en} in ${min} min`,
    },
    confidence: c.confidence,
  };
}

const WHERE: {
  readonly [S in NonNullable<Correlation['same']> | 'near']: (withinM: number | null) => Bilingual;
} = {
  asset: () => ({ zh: '同一设施', en: 'at the same asset' }),
  area: () => ({ zh: '同一区域', en: 'in the same area' }),
  gateway: () => ({ zh: '同一网关', en: 'behind the same gateway' }),
  pipe: () => ({ zh: '同一管线', en: 'on the same pipe' }),
  near: (m) => (m === null ? { zh: '全市', en: 'anywhere' } : { zh: `${m} 米内`, en: `within ${m} m` }),
};
