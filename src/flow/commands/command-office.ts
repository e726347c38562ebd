import { needsSecond, PARAMS_BYTES, paramsFlaw } from '../../domain/device-command/catalogue.ts';
import { as, type DeviceCode, type DeviceCommandId, type LifelineKey } from '../../domain/ids.ts';
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

  constructor(o: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'commandsOf'>;
    ids: DeviceCommandIds;
  }) {
    this.#core = o.core;
    this.#turn = o.turn;
    this.#journal = o.journal;
    this.#ids = o.ids;
  }

  needsSecond(device: DeviceCode, name: string): boolean {
    return needsSecond(this.#known(this.#core.register.device(device)?.lifeline, name));
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
        const known = this.#known(device.lifeline, wish.name);
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

  #known(lifeline: LifelineKey | undefined, name: string) {
    const pack = lifeline === undefined ? undefined : this.#core.book.planOf(as.lifeline(lifeline))?.pack;
    return pack?.commands?.find((c) => c.name === name);
  }
}

const tooMuch = (params: object) =>
  JSON.stringify(params).length <= PARAMS_BYTES
    ? null
    : { zh: '参数合计不超过 4 KiB', en: 'Parameters have at most 4 KiB in all.' };
