import {
  type KnownCommand,
  type MappedWrite,
  mappedCommand,
  needsSecond,
  PARAMS_BYTES,
  paramsFlaw,
} from '../../domain/device-command/catalogue.ts';
import { as, type DeviceCode, type DeviceCommandId } from '../../domain/ids.ts';
import { no } from '../../domain/result.ts';
import { type Core, contentOf } from '../core/core.ts';
import type { DeviceCommands } from '../ports/down/commands.ts';
import type { DeviceCommandIds } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { Turn } from '../turn.ts';

/** Open commands of one device at most: they are carried out one after the other. */
const OPEN_AT_MOST = 20;

/** Where people tell devices what to do: each command is made in a turn, and leaves after it. */
export class CommandOffice implements DeviceCommands {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'commandsOf'>;
  readonly #ids: DeviceCommandIds;
  readonly #writesOf: (device: DeviceCode) => readonly MappedWrite[] | null;

  constructor(o: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'commandsOf'>;
    ids: DeviceCommandIds;
    /** What the mapping of its line may write; `null`: no such mapping names it. */
    writesOf: (device: DeviceCode) => readonly MappedWrite[] | null;
  }) {
    this.#core = o.core;
    this.#turn = o.turn;
    this.#journal = o.journal;
    this.#ids = o.ids;
    this.#writesOf = o.writesOf;
  }

  needsSecond(device: DeviceCode, name: string): boolean {
    return needsSecond(this.#known(device, name));
  }

  create: DeviceCommands['create'] = (wish, asked) =>
    this.#turn.tell((draft) => {
      const { commands, register } = this.#core;
      const earlier = this.#core.answerTo(asked.commandId);
      const id =
        earlier?.verb === 'tell-device'
          ? (earlier.alarmId as DeviceCommandId)
          : this.#ids.deviceCommand(draft.at);
      const command = { ...asked, do: 'tell-device' };
      const given = { of: id, now: commands.find(id), command, content: contentOf(wish) };
      return this.#core.once(given, draft, () => {
        const device = register.device(wish.device);
        if (device === undefined) return no({ code: 'not-found', detail: null });
        const known = this.#known(device.code, wish.name);
        const flaw = paramsFlaw(known, wish.params) ?? tooMuch(wish.params);
        if (flaw !== null) return no({ code: 'command-unsound', detail: flaw });
        if (needsSecond(known) && wish.second === null)
          return no({ code: 'command-second-needed', detail: null });
        if (commands.ofDevice(device.code).length >= OPEN_AT_MOST)
          return no({ code: 'too-many-commands', detail: null });
        const point = device.point === null ? undefined : register.point(device.point);
        const birth = {
          id,
          device: device.code,
          lifeline: device.lifeline,
          point: device.point,
          area: point?.area ?? null,
          kind: wish.kind ?? known?.kind ?? ('command' as const),
          name: wish.name,
          params: wish.params,
          note: wish.note,
          second: wish.second,
          expiresAt: draft.at + wish.within,
        };
        const made = commands.act(null, { do: 'create', birth, by: asked.by }, draft);
        return made.ok ? made : no({ code: 'command-reused', detail: null });
      });
    });

  of: DeviceCommands['of'] = (device, limit, after) => this.#journal.commandsOf(device, limit, after);

  withdraw: DeviceCommands['withdraw'] = (device, id, asked) =>
    this.#turn.tell((draft) => {
      const { commands } = this.#core;
      const command = { ...asked, do: 'withdraw-device-command' };
      const given = { of: id, now: commands.find(id), command, content: contentOf({ device }) };
      return this.#core.once(given, draft, (now) => {
        if (now === null || now.device !== device) return no({ code: 'not-found', detail: null });
        const done = commands.act(now, { do: 'withdraw', by: asked.by }, draft);
        return done.ok ? done : no({ code: 'command-left', detail: null });
      });
    });

  known: DeviceCommands['known'] = (device) => {
    const lifeline = this.#core.register.device(device)?.lifeline;
    const plan = lifeline === undefined ? undefined : this.#core.book.planOf(as.lifeline(lifeline));
    const ofPack = plan?.pack.commands ?? [];
    return this.#writesOf(device)?.map((write) => mappedCommand(write, ofPack)) ?? ofPack;
  };

  #known(device: DeviceCode, name: string): KnownCommand | undefined {
    return this.known(device).find((c) => c.name === name);
  }
}

const tooMuch = (params: object) =>
  JSON.stringify(params).length <= PARAMS_BYTES
    ? null
    : { zh: '参数合计不超过 4 KiB', en: 'Parameters have at most 4 KiB in all.' };
