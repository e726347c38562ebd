import { as } from '../../src/domain/ids.ts';
import { DEFAULT_CLOCK_POLICIES } from '../../src/domain/order/clock-policy.ts';
import type { OrderAct, OrderBirth, OrderCommand } from '../../src/domain/order/commands.ts';
import { decideOrder } from '../../src/domain/order/decide.ts';
import { evolveOrder } from '../../src/domain/order/evolve.ts';
import type { Order } from '../../src/domain/order/order.ts';
import type { ResponseHappened } from '../../src/domain/response/journaled.ts';
import { hours, type Millis, minutes } from '../../src/domain/time.ts';

const LIFELINES = ['gas', 'waterlogging', 'manhole', 'bridge'] as const;
const LEVELS = [1, 2, 3, 4] as const;
const AREAS = ['341602', '341621', '341622', '341623'] as const;
const UNITS = ['crew-1', 'crew-2', 'crew-3', 'crew-4', 'crew-5'] as const;

const [POLICY] = DEFAULT_CLOCK_POLICIES;

const by = (name: string, act: OrderAct, n: number, step: number): OrderCommand => ({
  ...act,
  by: { kind: 'operator', account: name, name },
  commandId: as.command(`bench-${n}-${step}`),
});

/** One number a day, as orders are numbered. */
const noOf = (n: number, at: Millis): string => {
  const day = new Date(at + hours(8)).toISOString().slice(0, 10).replaceAll('-', '');
  return `GD${day}-${String(n).padStart(6, '0')}`;
};

function birthOf(n: number, at: Millis): OrderBirth {
  if (POLICY === undefined) throw new Error('no clock policy is shipped');
  const area = as.area(pick(AREAS, n >> 2));
  return {
    id: as.order(`O${String(n).padStart(8, '0')}`),
    no: noOf(n, at),
    source: { kind: 'manual', id: null },
    title: `巡查 ${n} 号井室，甲烷读数核对`,
    lifeline: as.lifeline(pick(LIFELINES, n)),
    level: pick(LEVELS, n >> 1),
    place: { area, asset: null, point: null, text: `某路 ${n % 900} 号`, lon: 115.78, lat: 33.85 },
    alarms: [],
    warning: null,
    incident: null,
    attachments: [],
    limits: POLICY.limits,
    policy: { id: POLICY.id, version: POLICY.version },
  };
}

const pick = <T>(of: readonly T[], n: number): T => of[n % of.length] as T;

/** From the dispatch to the archive; an order that is open has gone some of the way. */
function actsOf(n: number): readonly OrderCommand[] {
  const none = { attachments: [] };
  return [
    by('desk', { do: 'dispatch', unit: as.unit(pick(UNITS, n)), contact: null, coordinates: false }, n, 1),
    by('crew', { do: 'accept' }, n, 2),
    by('crew', { do: 'arrive', accepts: false, lon: null, lat: null, accuracyM: null, ...none }, n, 3),
    by('crew', { do: 'feedback', text: '已到场，正在通风，读数下降', ...none }, n, 4),
    by('crew', { do: 'done', result: '已处置', cause: null, remote: false, ...none }, n, 5),
    by('other', { do: 'verify', pass: true, method: 'on-site', reason: null }, n, 6),
    by('desk', { do: 'archive' }, n, 7),
  ];
}

/**
 * The whole story of an order that was made at `at`, by what the domain makes of each act.
 *
 * @param isOpen it has gone one to four steps; else it is archived
 */
export function storyOf(
  n: number,
  at: Millis,
  isOpen: boolean,
): { readonly is: Order; readonly happened: readonly ResponseHappened[] } {
  const acts = isOpen ? actsOf(n).slice(0, 1 + (n % 4)) : actsOf(n);
  const happened: ResponseHappened[] = [];
  let is: Order | null = null;
  const create: OrderCommand = {
    do: 'create',
    birth: birthOf(n, at),
    by: { kind: 'operator', account: 'desk', name: 'desk' },
    commandId: as.command(`bench-${n}-0`),
  };
  for (const [i, command] of [create, ...acts].entries()) {
    const decided = decideOrder(is, command, at + minutes(i));
    if (!decided.ok) throw new Error(`order ${n}: ${command.do} is refused: ${decided.error.code}`);
    for (const event of decided.value) {
      is = evolveOrder(is, event);
      happened.push({ of: 'order', event, after: is });
    }
  }
  return { is: is as unknown as Order, happened };
}
