import { type Chance, chance } from '../../../simulators/random.ts';
import type { Actor, Alarm } from '../../../src/domain/alarm/alarm.ts';
import type { OperatorCommand } from '../../../src/domain/alarm/commands.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import { must } from '../failure.ts';

const LI: Actor = { kind: 'operator', account: 'li', name: '李值班' };
const WANG: Actor = { kind: 'operator', account: 'wang', name: '王值班' };

/** Two people at the desk: they acknowledge, shelve, reset and write down, twice when an answer is lost, and both at once. */
export class Operators {
  readonly #chance: Chance;
  readonly #tell: (what: string) => void;
  readonly #broke: (why: unknown) => void;
  #n = 0;
  orders = 0;

  constructor(seed: number, tell: (what: string) => void, broke: (why: unknown) => void) {
    this.#chance = chance(seed, 'operators');
    this.#tell = tell;
    this.#broke = broke;
  }

  /** One of them looks at the list. */
  look(w: FlowHarness): void {
    const c = this.#chance;
    const draws = [c.next(), c.next(), c.next(), c.next()] as const;
    const open = w.board.open();
    const alarm = open[Math.floor(draws[0] * open.length)];
    if (alarm === undefined) return;
    const command = this.#command(alarm, draws[1], draws[2], w);
    this.#order(w, alarm, command);
    if (draws[3] < 0.1) this.#order(w, alarm, command);
    else if (draws[3] < 0.2) this.#order(w, alarm, this.#command(alarm, draws[1], draws[2], w, WANG));
  }

  #command(alarm: Alarm, draw: number, extent: number, w: FlowHarness, by: Actor = LI): OperatorCommand {
    const commandId = as.command(`c${++this.#n}`);
    if (draw < 0.65) return { do: 'acknowledge', by, seenRevision: alarm.revision, note: null, commandId };
    if (draw < 0.75) {
      const until = w.clock.now() + minutes(5) + Math.round(hours(3) * extent);
      return { do: 'shelve', by, until, reason: '检修', commandId };
    }
    if (draw < 0.8) return { do: 'unshelve', by, commandId };
    if (draw < 0.95) return { do: 'reset', by, note: null, commandId };
    return { do: 'note', by, text: '已电话核实', commandId };
  }

  #order(w: FlowHarness, alarm: Alarm, command: OperatorCommand): void {
    this.orders++;
    const who = command.by.kind === 'operator' ? command.by.account : 'system';
    w.turn.act(alarm.id, command, null).then(
      (done) => {
        this.#tell(
          `${who}: ${command.do} ${alarm.id} (${command.commandId}): ${done.ok ? 'done' : done.error.code}`,
        );
        if (!done.ok) return;
        const durable = w.disk.state.alarms.get(alarm.id)?.revision ?? 0;
        const { revision } = done.value;
        try {
          must(
            durable >= revision,
            () => `${command.commandId} was answered with revision ${revision}; the disk has ${durable}`,
          );
        } catch (why) {
          this.#broke(why);
        }
      },
      () => this.#tell(`${who}: ${command.do} ${alarm.id} (${command.commandId}): no answer`),
    );
  }
}
