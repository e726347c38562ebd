import type { Alarm } from '../../../../domain/alarm/alarm.ts';
import { alarmToJson } from '../../../../wire/alarm.ts';
import { orderAlarmOut } from '../../../../wire/http/response/crew-routes.ts';
import type { Handlers } from '../../answer/handler.ts';
import type { Services } from '../../answer/services.ts';
import { orderOf } from './seen-order.ts';

/** What a crew has to know of its orders, and may not ask the register and the alarms for. */
export function crewRoutes({
  responses,
  service,
  notices,
}: Services): Pick<Handlers, 'orderAlarms' | 'orderNames'> {
  // Who else works on it, and what people say of it, is not the crew's.
  const json = (alarm: Alarm) => orderAlarmOut.parse(alarmToJson(alarm, service.board.live(alarm)));

  return {
    orderAlarms: async ({ params, session, sees }) => {
      const { alarms } = await orderOf(params.id, { session, sees }, { service, responses });
      const found = await Promise.all(alarms.map((id) => service.alarm(id)));
      return { items: found.flatMap((a) => (a === null || !sees(a.areaCode) ? [] : [json(a)])), next: null };
    },
    orderNames: ({ register }) => ({
      units: notices.view
        .units()
        .filter((u) => u.outOfService !== true)
        .map(({ code, name }) => ({ code, name })),
      lifelines: service.packs().map((pack) => ({ key: pack.lifeline, name: pack.name })),
      areas: register.areas().map(({ code, name }) => ({ code, name })),
    }),
  };
}
