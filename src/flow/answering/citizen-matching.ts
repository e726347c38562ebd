import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import {
  type CitizenMatch,
  isAboutThen,
  MATCH_WITHIN_MS,
  MATCHES,
  type MatchAlarm,
  type MatchCandidate,
  matchCitizen,
  sharedWords,
} from '../../domain/citizen/match.ts';
import { as, type PointCode } from '../../domain/ids.ts';
import type { Point } from '../../domain/register/register.ts';
import type { Core } from '../core/core.ts';
import type { Journal } from '../ports/journal.ts';

/** Points looked at in one go: this thread is the one that judges readings. */
const SLICE = 1_000;
/** Alarms of four hours that are looked at. */
const RAISED = 2_000;

/** Looks for what a report may be about, in the register and among the alarms of about that time. */
export class CitizenMatching {
  readonly #core: Core;
  readonly #journal: Pick<Journal, 'briefEvents'>;
  readonly #breathe: () => Promise<void>;

  constructor(given: {
    readonly core: Core;
    readonly journal: Pick<Journal, 'briefEvents'>;
    readonly breathe: () => Promise<void>;
  }) {
    this.#core = given.core;
    this.#journal = given.journal;
    this.#breathe = given.breathe;
  }

  async of(
    { report, words }: CitizenEntry,
    sees: (area: string) => boolean,
  ): Promise<readonly CitizenMatch[]> {
    const { register, book, lifelines } = this.#core;
    const alarms = await this.#alarmsAbout(report.calledAt);
    const told = `${report.category ?? ''} ${words?.place ?? ''} ${words?.text ?? ''}`;
    const named = [...lifelines.keys()].map(as.lifeline).filter((l) => {
      const name = book.planOf(l)?.pack.name.zh ?? '';
      return name.length >= 2 && (told.includes(name) || sharedWords(told, [name]).length > 0);
    });
    const said = { ...report, words: `${words?.place ?? ''} ${words?.text ?? ''}`, named };
    const candidate = (p: Point): MatchCandidate => {
      const asset = p.asset === null ? undefined : register.asset(p.asset);
      return {
        point: p.code,
        name: p.name,
        asset: asset?.name ?? null,
        lifeline: p.lifeline,
        area: p.area,
        at: p.place ?? asset?.place ?? null,
        alarms: alarms.get(p.code) ?? [],
      };
    };
    const points = register.points();
    let best: readonly CitizenMatch[] = [];
    for (let from = 0; from < points.length; from += SLICE) {
      if (from > 0) await this.#breathe();
      const slice = points.slice(from, from + SLICE).filter((p) => sees(p.area));
      best = [...best, ...matchCitizen(said, slice.map(candidate))]
        .sort((a, b) => b.score - a.score || (a.point < b.point ? -1 : 1))
        .slice(0, MATCHES);
    }
    return best;
  }

  async #alarmsAbout(calledAt: number): Promise<ReadonlyMap<PointCode, readonly MatchAlarm[]>> {
    const { desk, incidents } = this.#core;
    const found = new Map<string, MatchAlarm & { readonly point: PointCode }>();
    const { items } = await this.#journal.briefEvents(
      { from: calledAt - MATCH_WITHIN_MS, to: calledAt + MATCH_WITHIN_MS + 1, kinds: ['raised'] },
      RAISED,
      null,
    );
    for (const e of items)
      found.set(e.alarm, {
        ...{ id: as.alarm(e.alarm), level: e.level, raisedAt: e.raisedAt, isOpen: false },
        ...{ incident: null, point: e.point },
      });
    for (const a of desk.open.values()) {
      const alarm = { id: a.id, level: a.level, raisedAt: a.raisedAt, isOpen: true };
      if (!isAboutThen(alarm, calledAt)) continue;
      found.set(a.id, { ...alarm, incident: incidents.incidentOf(a.id)?.id ?? null, point: a.pointCode });
    }
    return Map.groupBy(found.values(), (a) => a.point);
  }
}
