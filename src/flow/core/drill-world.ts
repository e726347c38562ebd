import type { Drill } from '../../domain/drill/drill.ts';
import type { DrillScript } from '../../domain/drill/script.ts';
import type { TurnNumber } from '../../domain/ids.ts';
import type { Lifelines } from '../../domain/register/flaws.ts';
import type { Area } from '../../domain/register/register.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Millis } from '../../domain/time.ts';
import { Combinations, type Judging } from '../judging/combinations.ts';
import { NO_LISTENER } from '../judging/findings.ts';
import type { PointState } from '../judging/point-state.ts';
import { Meters } from '../ports/meters.ts';
import { CommandDesk } from '../response/command-desk.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { Draft } from './draft.ts';
import { Points } from './points.ts';
import { QualityBook } from './quality-book.ts';
import { RegisterMap } from './register-map.ts';
import { type PacketParts, takePacket } from './take-packet.ts';
import { Topics } from './topics.ts';

export type DrillWorldParts = {
  readonly drill: Drill;
  readonly script: DrillScript;
  readonly areas: readonly Area[];
  /** The city's own: what is in force there is in force here. */
  readonly book: RuleBook;
  readonly rules: readonly Rule[];
  readonly lifelines: Lifelines;
  readonly lastTurn: () => TurnNumber;
  readonly desk: Omit<ConstructorParameters<typeof AlarmDesk>[0], 'register' | 'drill'>;
};

const NO_PACKET = { qos: 1, retain: false } as const;

/**
 * The world in which a drill plays: copies of points under their own codes, judged by the city's rules, with an alarm desk of its own.
 * It knows nothing of the city's points, memories and open alarms, and they nothing of it: so nothing of a drill can hide what is real,
 * merge with it or stand in its way. What its alarms do is written into the city's turn, with the drill's id.
 */
export class DrillWorld implements PacketParts {
  readonly drill: Drill;
  readonly register = new RegisterMap();
  readonly points: Points;
  readonly topics: Topics;
  readonly quality: QualityBook;
  readonly combinations: Combinations;
  readonly desk: AlarmDesk;
  readonly book: RuleBook;
  readonly lifelines: Lifelines;
  readonly autoRegister = false;
  readonly meters = new Meters();
  /** Nobody commands a copy. */
  readonly commands = new CommandDesk();
  judging: Judging = { ahead: false, findings: NO_LISTENER, judged: () => true };
  readonly #script: DrillScript;
  #next = 0;

  constructor(given: DrillWorldParts) {
    const { register } = this;
    this.drill = given.drill;
    this.#script = given.script;
    for (const area of given.areas) register.apply({ kind: 'area', area });
    for (const asset of given.script.assets) register.apply({ kind: 'asset', asset });
    for (const point of given.script.points) register.apply({ kind: 'point', point });
    for (const device of given.script.devices) register.apply({ kind: 'device', device });
    this.book = given.book;
    this.lifelines = given.lifelines;
    this.points = new Points({ register, book: given.book, lastTurn: given.lastTurn });
    const state = (code: PointState['code']) => this.points.of(code);
    this.quality = new QualityBook({ register, state });
    this.topics = new Topics({ points: this.points, quality: this.quality });
    this.combinations = new Combinations({ rules: given.rules, register, state });
    this.desk = new AlarmDesk({ ...given.desk, register, drill: given.drill.id });
    for (const point of register.points()) this.points.at(point);
  }

  /** What its devices have said by now is judged, and what comes of it is written into the turn in hand. */
  play(draft: Draft): void {
    this.judging = { ...this.judging, findings: this.desk.findings(draft) };
    this.#take(draft.at, draft);
    this.desk.tick(
      (alarm) => this.book.planOf(alarm.lifeline)?.rules.get(alarm.ruleId)?.reAlarmAfter ?? null,
      draft,
    );
  }

  /** After a start: what was judged by then is judged again, and told to nobody: the journal has what came of it. */
  catchUp(until: Millis, draft: Pick<Draft, 'turn' | 'at' | 'lastSeq'>): void {
    this.judging = { ...this.judging, findings: NO_LISTENER };
    this.#take(until, draft);
  }

  /** Its register stays as it was when it began. */
  change(): void {}
  /** A drill has no silence: what its devices do not say, nobody waits for. */
  heard(point: PointState, receivedAt: Millis): void {
    point.memory.heardAt = Math.max(point.memory.heardAt, receivedAt);
  }
  saidOfLink(): void {}

  #take(until: Millis, { turn, at, lastSeq }: Pick<Draft, 'turn' | 'at' | 'lastSeq'>): void {
    // What a drill measures is in no history: its readings go no further than its own memory.
    const scratch = new Draft(turn, at, lastSeq);
    for (;;) {
      const step = this.#script.steps[this.#next];
      if (step === undefined || this.drill.beganAt + step.after > until) return;
      this.#next++;
      const payload = new TextEncoder().encode(step.payload);
      const receivedAt = this.drill.beganAt + step.after;
      takePacket(this, { ...NO_PACKET, topic: step.topic, payload, receivedAt }, scratch);
    }
  }
}
