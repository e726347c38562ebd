import { as, type CommandId } from '../../../../domain/ids.ts';
import { seconds } from '../../../../domain/time.ts';
import { deviceCommandJson } from '../../../../wire/http/down/commands.ts';
import { knownCommandJson } from '../../../../wire/http/down/known-commands.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { deviceOf } from '../find.ts';
import { othersWith, secondPerson } from '../second-person.ts';

type Names = 'deviceCommands' | 'knownCommands' | 'withdrawCommand' | 'commandDevice';

/** What devices are told to do. */
export function commandRoutes(parts: Services): Pick<Handlers, Names> {
  const { commands, service, accounts } = parts;
  return {
    deviceCommands: async ({ params, query, register }) => {
      const { code } = deviceOf(params.code, register, service.register);
      const { items, next } = await commands.of(code, query.limit, query.after ?? null);
      return { items: items.map(deviceCommandJson), next };
    },

    knownCommands: async ({ params, register }) => {
      const { code } = deviceOf(params.code, register, service.register);
      return { items: commands.known(code).map(knownCommandJson) };
    },

    withdrawCommand: async ({ params, body, session, register }) => {
      const { code } = deviceOf(params.code, register, service.register);
      const done = await commands.withdraw(code, as.deviceCommand(params.id), {
        by: { kind: 'operator', account: session.account, name: session.name },
        commandId: as.command(body.commandId),
      });
      if (done.ok) return deviceCommandJson(done.value);
      throw refused(done.error);
    },

    commandDevice: async ({ params, body, session, register, from }) => {
      const device = deviceOf(params.code, register, service.register);
      const area = device.point === null ? null : (service.register.point(device.point)?.area ?? null);
      const isAsked = commands.needsSecond(device.code, body.name);
      const second = await secondPerson(
        parts,
        body.second,
        { right: 'device.command', areaCode: area ?? '', isAsked, refusal: 'command-second-needed' },
        { session, from },
      );
      const { name, params: told, kind = null, note = null, expiresInS, commandId } = body;
      const made = await commands.create(
        {
          ...{ device: device.code, name, params: told, kind, note },
          within: seconds(expiresInS),
          second: second?.name ?? null,
        },
        {
          by: { kind: 'operator', account: session.account, name: session.name },
          commandId: as.command(commandId) satisfies CommandId,
        },
      );
      if (made.ok) return deviceCommandJson(made.value);
      const isAlone =
        made.error.code === 'command-second-needed' &&
        othersWith(accounts, 'device.command', session.account) === 0;
      throw isAlone ? new HttpProblem('command-second-missing') : refused(made.error);
    },
  };
}
