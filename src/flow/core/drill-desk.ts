import type { Actor, Alarm } from '../../domain/alarm/alarm.ts';
import { evolve } from '../../domain/alarm/evolve.ts';
import {
  type Drill,
  type DrillBirth,
  type DrillEnd,
  evolveDrill,
  isRunning,
} from '../../domain/drill/drill.ts';
import type { JournaledDrilled } from '../../domain/drill/drilled.ts';
import type { DrillScript } from '../../domain/drill/script.ts';
import type { AlarmId, DrillId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { type Asked, SYSTEM } from '../../domain/response/event.ts';
import type { Filed } from '../../domain/response/filed.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { Draft } from './draft.ts';
import { DrillWorld, type DrillWorldParts } from './drill-world.ts';

/** What a drill's world is made of besides the drill. */
type Ground = Omit<DrillWorldParts, 'drill' | 'script' | 'areas'> & {
  readonly areas: () => DrillWorldParts['areas'];
};

/** Drills that run at one time. More would be hard to tell apart at a desk. */
const AT_ONCE = 1;

/** The desk for drills, inside the turn: begins and ends them, and lets their worlds go on with the clock. */
export class DrillDesk {
  readonly #worlds = new Map<DrillId, DrillWorld>();
  readonly #ground: Ground;
  readonly #ended: DrillId[] = [];
  /** Our clock was set while nothing ran: what a drill says of its time holds no more. */
  #clockWasSet = false;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  running(): readonly Drill[] {
    return [...this.#worlds.values()].map((w) => w.drill);
  }

  isRunning(id: DrillId): boolean {
    return this.#worlds.has(id);
  }

  world(id: DrillId | undefined): DrillWorld | undefined {
    return id === undefined ? undefined : this.#worlds.get(id);
  }

  /** An alarm of a drill that runs. */
  alarm(id: AlarmId): Alarm | null {
    for (const { desk } of this.#worlds.values()) {
      const found = desk.find(id, null);
      if (found !== null) return found;
    }
    return null;
  }

  /** Open alarms of drills that run. */
  *open(): Iterable<Alarm> {
    for (const { desk } of this.#worlds.values()) yield* desk.open.values();
  }

  /** Whether its notices go to their receivers. */
  readonly sends = (id: DrillId): boolean => this.#worlds.get(id)?.drill.notices === 'marked';

  begin(
    birth: DrillBirth,
    script: DrillScript,
    { by, commandId }: Pick<Asked, 'by' | 'commandId'>,
    draft: Draft,
  ): Result<Drill, Refusal> {
    if (this.#worlds.size >= AT_ONCE) return no({ code: 'drill-running', detail: null });
    const event = {
      id: birth.id,
      revision: 1,
      at: draft.at,
      by,
      commandId,
      change: { kind: 'began', birth },
    } as const;
    const drill = evolveDrill(null, event);
    draft.drill({ of: 'drill', event, after: drill });
    draft.filed.push({ is: 'drill-script', script });
    this.#worlds.set(drill.id, this.#worldOf(drill, script));
    return ok(drill);
  }

  /** With its end everything of it stands still, as it is. */
  end(
    id: DrillId,
    why: DrillEnd,
    { by, commandId }: { readonly by: Actor; readonly commandId: Asked['commandId'] | null },
    draft: Draft,
  ): Result<Drill, Refusal> {
    const world = this.#worlds.get(id);
    if (world === undefined) return no({ code: 'drill-over', detail: null });
    const event = { id, revision: 2, at: draft.at, by, commandId, change: { kind: 'ended', why } } as const;
    const over = evolveDrill(world.drill, event);
    draft.drill({ of: 'drill', event, after: over });
    draft.filed.push({
      is: 'drill-script',
      script: { drill: id, assets: [], points: [], devices: [], steps: [] },
    });
    this.#worlds.delete(id);
    this.#ended.push(id);
    return ok(over);
  }

  tick(draft: Draft): void {
    if (this.#clockWasSet)
      for (const id of [...this.#worlds.keys()]) this.end(id, 'clock-moved', BY_ITSELF, draft);
    this.#clockWasSet = false;
    for (const world of this.#worlds.values()) world.play(draft);
  }

  /** A real red alarm ends the drills that end on one. */
  follow(events: readonly JournaledEvent[], draft: Draft): void {
    if (this.#worlds.size === 0 || !events.some(isNewRed)) return;
    for (const { drill } of [...this.#worlds.values()])
      if (drill.endsOnRed) this.end(drill.id, 'real-red', BY_ITSELF, draft);
  }

  /** Those that have ended since this was asked last. */
  takeEnded(): readonly DrillId[] {
    return this.#ended.splice(0);
  }

  /** Rules have changed: they hold in a drill as well. */
  replan(): void {
    for (const world of this.#worlds.values()) world.points.replan(this.#ground.lastTurn());
  }

  /** @param lastAt our clock, of the last turn: what a drill has said up to then has been judged */
  restore(drilled: readonly JournaledDrilled[], filed: readonly Filed[], lastAt: Millis): void {
    const scripts = new Map(
      filed.flatMap((f) => (f.is === 'drill-script' ? [[f.script.drill, f.script]] : [])),
    );
    const drills = new Map<DrillId, Drill>();
    for (const e of drilled)
      if (e.of === 'drill') drills.set(e.event.id, evolveDrill(drills.get(e.event.id) ?? null, e.event));
    for (const drill of drills.values()) {
      const script = scripts.get(drill.id);
      if (!isRunning(drill) || script === undefined) continue;
      const world = this.#worldOf(drill, script);
      this.#worlds.set(drill.id, world);
      const turn = this.#ground.lastTurn();
      world.catchUp(lastAt, { turn, at: lastAt, lastSeq: drilled.at(-1)?.seq ?? (0 as never) });
      this.#seat(world, drilled);
    }
  }

  clockMoved(_by: Duration): void {
    this.#clockWasSet = true;
  }

  #seat(world: DrillWorld, drilled: readonly JournaledDrilled[]): void {
    const alarms = new Map<AlarmId, Alarm>();
    for (const e of drilled)
      if (e.of === 'alarm' && e.after.drill === world.drill.id)
        alarms.set(e.event.alarmId, evolve(alarms.get(e.event.alarmId) ?? null, e.event));
    for (const alarm of alarms.values()) {
      const point = world.points.of(alarm.pointCode);
      if (point !== undefined && alarm.phase.is !== 'closed') world.desk.restore(alarm, point);
    }
  }

  #worldOf(drill: Drill, script: DrillScript): DrillWorld {
    const { areas, ...ground } = this.#ground;
    return new DrillWorld({ ...ground, areas: areas(), drill, script });
  }
}

const BY_ITSELF = { by: SYSTEM, commandId: null } as const;

/** Raised red, or risen to red, live and for all to see. */
const isNewRed = ({ event: { change }, after }: JournaledEvent): boolean =>
  (change.kind === 'raised' || change.kind === 'escalated' || change.kind === 'recurred') &&
  after.level === 1 &&
  !after.late &&
  after.overlay.is === 'none';
