import type { Incident, IncidentEvent } from '../../../src/domain/incident/incident.ts';
import { Broken, must } from '../failure.ts';

/** Incidents: an alarm is in one at a time, what a person took out the machine does not put back, and no machine ends one. */
export class IncidentsKept {
  readonly #members = new Map<string, Set<string>>();
  readonly #released = new Map<string, Set<string>>();
  readonly #levels = new Map<string, number>();
  /** Those to which alarms may still come: an alarm is in one of them at a time. */
  readonly #open = new Set<string>();
  readonly #touched = new Set<string>();
  made = 0;

  event({ id, by, change }: IncidentEvent, after: Incident): void {
    const say = (what: string) => () => `incident ${id} was ${change.kind}, ${what}`;
    const byPerson = by.kind === 'operator';
    if (change.kind === 'made') {
      this.made++;
      this.#open.add(id);
      this.#members.set(id, new Set());
      this.#released.set(id, new Set());
    }
    const [members, released] = [this.#members.get(id), this.#released.get(id)];
    if (members === undefined || released === undefined) throw new Broken(say('and there is none')());
    const level = this.#levels.get(id) ?? after.level;
    must(after.level <= level, say(`and fell from level ${level} to ${after.level}`));
    this.#levels.set(id, after.level);
    switch (change.kind) {
      case 'made':
      case 'joined':
        for (const { alarm } of change.kind === 'made' ? change.birth.members : change.members) {
          must(byPerson || !released.has(alarm), say(`by no person, with ${alarm}, which a person took out`));
          members.add(alarm);
          released.delete(alarm);
          this.#touched.add(alarm);
        }
        break;
      case 'split':
        for (const alarm of change.alarms) {
          members.delete(alarm);
          released.add(alarm);
        }
        break;
      case 'merged':
      case 'reviewed':
        this.#open.delete(id);
        members.clear();
        break;
      case 'controlled':
        must(byPerson, say('by no person'));
        break;
      case 'closed':
        must(byPerson, say('by no person'));
        this.#open.delete(id);
        break;
      default:
    }
    if (change.kind === 'merged' || change.kind === 'reviewed') return;
    must(
      after.members.length === members.size && after.members.every((m) => members.has(m.alarm)),
      say(`and has ${after.members.map((m) => m.alarm)} where ${[...members]} came and stayed`),
    );
  }

  turnIsOver(): void {
    for (const alarm of this.#touched) {
      const among = this.#with(alarm);
      must(among.length <= 1, () => `${alarm} is in ${among.length} incidents at once: ${among}`);
    }
    this.#touched.clear();
  }

  /** @param incidentOf what everybody is shown */
  shown(alarms: readonly { readonly id: string }[], incidentOf: (alarm: string) => string | null): void {
    for (const { id } of alarms) {
      const [is] = this.#with(id);
      must(
        is === undefined || incidentOf(id) === is,
        () => `${id} is in incident ${is}, and is shown in ${incidentOf(id)}`,
      );
    }
  }

  #with(alarm: string): string[] {
    return [...this.#open].filter((id) => this.#members.get(id)?.has(alarm));
  }
}
