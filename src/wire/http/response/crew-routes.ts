import { z } from 'zod';
import { alarmJson } from '../../alarm.ts';
import { route } from '../route.ts';
import { bilingualOut, pageOf } from '../shapes.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const sees = {
  who: 'session',
  tag: 'orders',
  right: 'order.see',
  method: 'GET',
  audited: false,
} as const;

/** Of an alarm what somebody must know who goes there: what it is, how bad, what to do. */
export const orderAlarmOut = alarmJson
  .pick({
    id: true,
    pointCode: true,
    pointName: true,
    assetName: true,
    ruleName: true,
    level: true,
    phase: true,
    raisedAt: true,
    trigger: true,
    worst: true,
    current: true,
    dataInterrupted: true,
    advice: true,
  })
  .meta({ id: 'OrderAlarm' });

export const orderNamesOut = z
  .object({
    units: z.array(z.object({ code: z.string(), name: z.string() })).describe('those in service'),
    lifelines: z.array(z.object({ key: z.string(), name: bilingualOut })),
    areas: z.array(z.object({ code: z.string(), name: z.string() })).describe('those that they see'),
  })
  .meta({ id: 'OrderNames' });

/** For crews on a phone (`/m`), who see neither the register nor the alarms (docs/orders.md). */
export const CREW_ROUTES = {
  orderAlarms: route({
    ...sees,
    path: '/api/v1/orders/{id}/alarms',
    does: {
      zh: '工单所涉报警：是什么、多严重、怎么处置',
      en: 'The alarms of an order: what, how bad, what to do',
    },
    act: { zh: '查看工单的报警', en: 'See an order’s alarms' },
    params: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/) }),
    answer: json(pageOf(orderAlarmOut)),
    refusals: ['order-unknown'],
  }),
  orderNames: route({
    ...sees,
    path: '/api/v1/order-names',
    does: {
      zh: '工单中出现的名称：可转派的单位、专项、区域',
      en: 'Names that stand in orders: units to forward to, lifelines, areas',
    },
    act: { zh: '查看工单中的名称', en: 'See the names in orders' },
    answer: json(orderNamesOut),
  }),
};
