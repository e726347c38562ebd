import type { DeviceCommandAct } from '../../domain/device-command/decide.ts';
import { isTooLate } from '../../domain/device-command/decide.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { DeviceCode, DeviceCommandId } from '../../domain/ids.ts';
import type { Core } from '../core/core.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandNews, LeavingCommand, WayDown } from '../ports/down/ways.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import type { Turn } from '../turn.ts';

/** A command that has left so often without a word is not sent once more. */
const SENDS_AT_MOST = 10;

/**
 * Takes commands down to their devices, one after the other for each. That one leaves is written in a turn, and it leaves when that
 * is durable; what is heard of it comes back as a turn. So a kill at any moment loses none, and only what may have been on its way
 * leaves again, marked as repeated.
 *
 *     made ──turn──▶ PENDING ──turn──▶ SENT ──▶ device
 *                       ▲                         │
 *                       └── line gone ──turn──────┤
 *                     DELIVERED, SUCCESSFUL, FAILED ◀─turn
 */
export class CommandSender {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #ways: readonly WayDown[];
  /** Being written as sent, or sent and not heard of yet. */
  readonly #onTheirWay = new Set<DeviceCommandId>();
  #runs = false;

  constructor(o: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    clock: Pick<Clock, 'now'>;
    log: Log;
    meters: Meters;
    ways: readonly WayDown[];
  }) {
    this.#core = o.core;
    this.#turn = o.turn;
    this.#clock = o.clock;
    this.#log = o.log;
    this.#meters = o.meters;
    this.#ways = o.ways;
  }

  /** What was on its way when the last run ended may have arrived or not: it waits again, and leaves marked as repeated. */
  async start(): Promise<void> {
    const { commands } = this.#core;
    const left = [...commands.open.values()].filter((c) => c.state === 'SENT');
    if (left.length > 0)
      await this.#turn.tell((draft) => {
        for (const { id } of left) commands.act(commands.find(id), { do: 'lose' }, draft);
      });
    this.#runs = true;
    for (const device of [...commands.devices()]) this.look(device);
  }

  stop(): void {
    this.#runs = false;
  }

  /** A turn is durable: what was made in it, or has ended, may let another go. */
  released(record: Pick<TurnRecord, 'commands'>): void {
    for (const device of new Set(record.commands?.map((c) => c.device))) this.look(device);
  }

  /** The device is there, or something was made for it. */
  look(device: DeviceCode): void {
    if (!this.#runs) return;
    const open = this.#core.commands.ofDevice(device);
    if (open.some((c) => c.state === 'SENT' || this.#onTheirWay.has(c.id))) return;
    const next = open.find((c) => c.state === 'PENDING');
    if (next !== undefined) void this.#send(next);
  }

  async #send(next: DeviceCommand): Promise<void> {
    const way = this.#ways.find((w) => w.reaches(next.device, next.kind) !== null);
    const by = way?.reaches(next.device, next.kind) ?? null;
    if (way === undefined || by === null) return;
    const { id } = next;
    this.#onTheirWay.add(id);
    const isRepeated = next.sends > 0;
    const act: DeviceCommandAct =
      next.sends >= SENDS_AT_MOST
        ? { do: 'fail', why: 'no-answer', said: `${next.sends} ×` }
        : { do: 'send', way: by };
    const sent = await this.#act(id, act);
    if (sent?.state !== 'SENT' || !this.#runs) {
      this.#onTheirWay.delete(id);
      return;
    }
    // The disk may have taken its time.
    if (isTooLate(sent, this.#clock.now())) {
      await this.#act(id, { do: 'fail', why: 'overdue', said: null });
      this.#onTheirWay.delete(id);
      return;
    }
    this.#meters.count(`commands_sent_total{way="${by}",again="${isRepeated}"}`);
    try {
      way.send(leaving(sent, isRepeated), (news) => void this.#heard(id, news));
    } catch (cause) {
      this.#log.error('a command could not be sent because of a fault in this program', {
        command: id,
        cause: String(cause),
      });
      await this.#heard(id, { is: 'gone' });
    }
  }

  async #heard(id: DeviceCommandId, news: CommandNews): Promise<void> {
    this.#onTheirWay.delete(id);
    this.#meters.count(`command_news_total{news="${news.is}"}`);
    // Going down: whether it arrived is asked at the next start.
    if (news.is === 'gone' && !this.#runs) return;
    await this.#act(id, actOf(news));
  }

  /** @returns the command after it; `null`: nothing came of it */
  async #act(id: DeviceCommandId, act: DeviceCommandAct): Promise<DeviceCommand | null> {
    const { commands } = this.#core;
    return this.#turn
      .tell((draft) => {
        const done = commands.act(commands.find(id), act, draft);
        return done.ok ? done.value : null;
      })
      .catch(() => null);
  }
}

function actOf(news: CommandNews): DeviceCommandAct {
  switch (news.is) {
    case 'delivered':
      return { do: 'deliver' };
    case 'gone':
      return { do: 'lose' };
    case 'answered':
      return { do: 'answer', ok: news.ok, result: news.result, said: news.said };
    default:
      return { do: 'fail', why: news.is, said: news.said };
  }
}

function leaving(c: DeviceCommand, isRepeated: boolean): LeavingCommand {
  const { id, device, lifeline, kind, name, params, expiresAt } = c;
  return { id, device, lifeline, kind, name, params, expiresAt, isRepeated };
}
