import type { OperatorCommand } from '../domain/alarm/commands.ts';
import type { AlarmId, DeviceCode, PointCode, RuleId } from '../domain/ids.ts';
import type { Unjudged } from '../domain/judge/signals/kind.ts';
import { unjudged } from '../domain/judge/unjudged.ts';
import type { Pack } from '../domain/pack.ts';
import type { Reading } from '../domain/reading.ts';
import type { Rule } from '../domain/rule.ts';
import { scopeOf } from '../domain/rules/scope.ts';
import type { Millis } from '../domain/time.ts';
import type { LiveBoard } from './board/board.ts';
import { countIndicators } from './board/indicators.ts';
import { checkPacket } from './core/check-packet.ts';
import type { Core } from './core/core.ts';
import type { RegisterDesk } from './core/register-desk.ts';
import type { Intake } from './ports/broker.ts';
import type { DeviceStatus, Journal } from './ports/journal.ts';
import type { Health, QualityView, RegisterView, RulesView, Service } from './ports/service.ts';
import type { Drain } from './storage/drain.ts';
import type { SpoolWatch } from './storage/spool-watch.ts';
import { troublesOf } from './storage/troubles.ts';
import type { Turn } from './turn.ts';

/** The running service as the consoles see it. */
export class LifelineService implements Service {
  readonly board: LiveBoard;
  readonly register: RegisterView;
  readonly intake: Intake;
  readonly rules: RulesView;
  readonly quality: QualityView;
  readonly #core: Core;
  readonly #turn: Turn;
  readonly #registrar: RegisterDesk;
  readonly #journal: Journal;
  readonly #drain: Drain;
  readonly #packs: readonly Pack[];
  readonly #startedAt: Millis;
  readonly #spool: Pick<SpoolWatch, 'state' | 'full' | 'isHolding'>;
  readonly #audit: { readonly isFailing: boolean };
  readonly #exchange: () => {
    readonly stalledUp: readonly string[];
    readonly silentBelow: readonly string[];
  };
  readonly #selfCheck: () => Health['selfCheck'];
  readonly #pair: () => Health['pair'];
  readonly #brokerAway: () => string | null;
  readonly #certificates: () => Health['certificates'];

  constructor(given: {
    core: Core;
    turn: Turn;
    registrar: RegisterDesk;
    board: LiveBoard;
    journal: Journal;
    drain: Drain;
    packs: readonly Pack[];
    startedAt: Millis;
    spool: Pick<SpoolWatch, 'state' | 'full' | 'isHolding'>;
    audit: { readonly isFailing: boolean };
    /** Left out: there are no platforms above or below. */
    exchange?: () => { readonly stalledUp: readonly string[]; readonly silentBelow: readonly string[] };
    /** Left out: nobody looks. */
    selfCheck?: () => Health['selfCheck'];
    /** Left out: the journal is on this machine alone. */
    pair?: () => Health['pair'];
    /** See `troublesOf`. Left out: there is no broker of others. */
    brokerAway?: () => string | null;
    /** Left out: there are none. */
    certificates?: () => Health['certificates'];
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#registrar = given.registrar;
    this.#journal = given.journal;
    this.#drain = given.drain;
    this.#packs = given.packs;
    this.#startedAt = given.startedAt;
    this.#spool = given.spool;
    this.#exchange = given.exchange ?? (() => ({ stalledUp: [], silentBelow: [] }));
    this.#selfCheck = given.selfCheck ?? (() => 'ok');
    this.#audit = given.audit;
    this.#pair = given.pair ?? (() => null);
    this.#brokerAway = given.brokerAway ?? (() => null);
    this.#certificates = given.certificates ?? (() => []);
    this.board = given.board;
    this.register = given.core.register;
    this.intake = given.turn.intake;
    this.rules = given.core.book;
    this.quality = given.core.quality;
  }

  packs = (): readonly Pack[] => this.#packs;

  rulesAt(code: PointCode): readonly Rule[] {
    const point = this.register.point(code);
    if (point === undefined) return [];
    return this.rules.effective(point.lifeline, scopeOf(this.register, point)).map((r) => r.rule);
  }

  unjudgedAt(code: PointCode): ReadonlyMap<RuleId, Unjudged> {
    const found = new Map<RuleId, Unjudged>();
    const point = this.#core.points.of(code);
    for (const [id, rule] of point?.plan.rules ?? []) {
      const memory = point?.memory.rules.get(id);
      if (memory === undefined || rule.metric === null) continue;
      const why = unjudged(rule, memory, point?.baselines.get(rule.metric) ?? null);
      if (why !== null) found.set(id, why);
    }
    return found;
  }

  latest(code: PointCode): readonly Reading[] {
    return Array.from(this.#core.points.of(code)?.latest.values() ?? [], (reading) => ({ ...reading }));
  }

  heardAt(code: PointCode): Millis | null {
    const heardAt = this.#core.points.of(code)?.memory.heardAt ?? 0;
    return heardAt === 0 ? null : heardAt;
  }

  status = (device: DeviceCode): DeviceStatus | undefined => this.#core.statuses.get(device);

  check: Service['check'] = (packet) => checkPacket(this.#core, packet);

  alarm: Service['alarm'] = async (id) => this.board.openAlarm(id) ?? this.#journal.alarm(id);

  async act(id: AlarmId, command: OperatorCommand): ReturnType<Service['act']> {
    return this.#turn.act(id, command, await this.alarm(id));
  }

  actTogether: Service['actTogether'] = async (acts) =>
    this.#turn.actTogether(
      await Promise.all(acts.map(async (a) => ({ ...a, durable: await this.alarm(a.id) }))),
    );

  rule: Service['rule'] = (command) => this.#turn.rule(command);

  changeRegister: Service['changeRegister'] = (command) => this.#registrar.order(command);

  importRegister: Service['importRegister'] = (file) => this.#registrar.importRows(file);

  indicators: Service['indicators'] = (q) =>
    countIndicators({ ...q, journal: this.#journal, open: this.board.open() });

  health(): Health {
    const journalFailed = this.#turn.failure !== null;
    const { full, isHolding, state } = this.#spool;
    return {
      pair: this.#pair(),
      audit: this.#audit.isFailing ? 'failing' : 'ok',
      intake: journalFailed ? 'none' : isHolding ? 'judged' : 'kept',
      troubles: troublesOf({
        journalFailed,
        store: this.#drain.trouble?.kind ?? null,
        spoolFull: full,
        isHolding,
        brokerAway: this.#brokerAway(),
        auditFails: this.#audit.isFailing,
        unreached: this.#core.notices.unreached().length,
        ...this.#exchange(),
      }),
      journal: journalFailed ? 'failed' : 'ok',
      selfCheck: this.#selfCheck(),
      history: this.#drain.state,
      startedAt: this.#startedAt,
      lastTurnAt: this.#turn.lastTurnAt,
      spool: state,
      certificates: this.#certificates(),
    };
  }
}
