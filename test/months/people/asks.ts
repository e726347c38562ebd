import { as } from '../../../src/domain/ids.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { lastPause, type Order } from '../../../src/domain/order/order.ts';
import { hours, type Millis, minutes } from '../../../src/domain/time.ts';
import type { Warning } from '../../../src/domain/warning/warning.ts';
import type { ActsFor, IncidentAsk, OrderAsk, WarningAsk } from '../../../src/flow/ports/responses.ts';

/** Drawn at once, so that what one of them decides moves nobody else's. */
export type Draws = readonly [number, number, number, number, number, number];

export const UNITS = ['gas-co', 'water-co'] as const;
/** Crews, each of a unit. */
export const UNIT_OF: Readonly<Record<string, (typeof UNITS)[number]>> = {
  gao: 'gas-co',
  guo: 'gas-co',
  shui: 'water-co',
};
export const CREWS = Object.keys(UNIT_OF);
export const DESK = ['li', 'wang', 'sun', 'zhao'];
/** Leads the shift, and is the only one who finds a unit for what was sent back twice. */
const LEADER = 'sun';

export const EVERYWHERE: ActsFor = { unit: null, sees: () => true };

/** For whom somebody acts. */
export function actsFor(account: string): ActsFor {
  const unit = UNIT_OF[account];
  return unit === undefined ? EVERYWHERE : { unit: as.unit(unit), sees: () => true };
}

export const one = <T>(among: readonly T[], draw: number): T | undefined =>
  among[Math.floor(draw * among.length)];

const LEVELS = [1, 2, 3, 4] as const;
export const levelBy = (draw: number): (typeof LEVELS)[number] => one(LEVELS, draw) ?? 4;

const NOTHING = { attachments: [] };

/** What somebody at the desk does with an order that stands so. */
export function deskAct(order: Order, account: string, d: Draws): OrderAsk {
  const unit = as.unit(one(UNITS, d[4]) ?? UNITS[0]);
  switch (order.state) {
    case 'new':
    case 'returned':
      if (d[5] < 0.1) return { do: 'void', reason: '误建' };
      return { do: 'dispatch', unit, contact: null, coordinates: account === LEADER };
    case 'done':
      if (d[5] < 0.1) return { do: 'urge', note: '请核查' };
      return { do: 'verify', pass: d[5] < 0.75, method: 'on-site', reason: '现场查看' };
    case 'verified':
      return { do: 'archive' };
    default:
      if (d[5] < 0.2) return { do: 'urge', note: '请抓紧' };
      if (d[5] < 0.35) return { do: 'forward', unit, reason: '不属本单位' };
      if (d[5] < 0.5) return { do: 'void', reason: '重复' };
      if (d[5] < 0.6) return { do: 'rebase' };
      if (d[5] < 0.7) return { do: 'verify', pass: true, method: 'readings', reason: null };
      return { do: 'answer-extension', granted: d[5] < 0.9, reason: '备件在途' };
  }
}

/** What a crew does with an order that stands so, as they know it; now and then what makes no sense. */
export function crewAct(order: Order, d: Draws, now: Millis): OrderAsk {
  const unit = as.unit(one(UNITS, d[4]) ?? UNITS[0]);
  const until = now + minutes(5) + Math.round(hours(2) * d[4]);
  const at = { lon: null, lat: null, accuracyM: null, placeText: '路口东侧', ...NOTHING };
  if (d[5] < 0.05) return { do: 'verify', pass: true, method: 'on-site', reason: null };
  switch (order.state) {
    case 'dispatched':
      if (d[5] < 0.55) return { do: 'accept' };
      if (d[5] < 0.75) return { do: 'refuse', kind: 'not-ours', reason: '非本单位' };
      return d[5] < 0.85
        ? { do: 'forward', unit, reason: '他单位职责' }
        : { do: 'arrive', accepts: true, ...at };
    case 'accepted':
      if (d[5] < 0.5) return { do: 'arrive', accepts: false, ...at };
      if (d[5] < 0.6) return { do: 'pause', kind: 'permit', until, reason: '等待许可' };
      if (d[5] < 0.7) return { do: 'refuse', kind: 'no-capacity', reason: '无人' };
      if (d[5] < 0.8) return { do: 'feedback', text: '在途', ...NOTHING };
      return { do: 'done', result: '远程关阀', cause: null, remote: true, ...NOTHING };
    case 'on-site':
      if (d[5] < 0.35) return { do: 'feedback', text: '正在开挖', ...NOTHING };
      if (d[5] < 0.45) return { do: 'pause', kind: 'parts', until, reason: '等配件' };
      if (d[5] < 0.55) return { do: 'extend', until, reason: '备件未到' };
      if (d[5] < 0.65)
        return { do: 'check-safety', readings: [{ what: 'CH4', value: 0, unit: '%LEL' }], permit: 'P1' };
      return { do: 'done', result: '已更换', cause: '老化', remote: false, ...NOTHING };
    case 'paused':
      return d[5] < 0.5 ? { do: 'resume' } : { do: 'feedback', text: '仍在等待', ...NOTHING };
    default:
      return d[5] < 0.5 ? { do: 'feedback', text: '补充照片', ...NOTHING } : { do: 'accept' };
  }
}

export const inWords = ({ id, state, revision, pauses }: Order, act: OrderAsk): string =>
  `${act.do} ${id}, seen ${state} ${revision}${state === 'paused' ? ` to ${lastPause({ pauses })?.until}` : ''}`;

/** What somebody does with a warning that stands so. */
export function warningAct(w: Warning, d: Draws, now: Millis): WarningAsk {
  const expires = now + minutes(20) + Math.round(hours(8) * d[4]);
  const content = { level: levelBy(d[4]), expires };
  switch (w.state) {
    case 'draft':
      if (d[5] < 0.2) return { do: 'edit', content, recipients: null };
      if (d[5] < 0.25) return { do: 'discard' };
      return d[5] < 0.7 ? { do: 'submit' } : { do: 'issue', documentNo: null };
    case 'pending':
      if (d[5] < 0.15) return { do: 'return', reason: '措辞' };
      return d[5] < 0.2 ? { do: 'discard' } : { do: 'issue', documentNo: '〔2026〕7 号' };
    default:
      if (d[5] < 0.35) return { do: 'confirm', unit: as.unit(one(UNITS, d[4]) ?? UNITS[0]) };
      if (d[5] < 0.55) return { do: 'adjust', content, reason: '升级处置' };
      if (d[5] < 0.75) return { do: 'end', reason: d[4] < 0.5 ? null : '处置完毕' };
      if (d[5] < 0.8) return { do: 'cancel', reason: '误发' };
      return d[5] < 0.9 ? { do: 'issue', documentNo: null } : { do: 'discard' };
  }
}

/** What somebody does with an incident. @param others among which another one may be found */
export function incidentAct(i: Incident, others: readonly Incident[], d: Draws): IncidentAsk {
  const some = i.members.filter((_, n) => n % 2 === 0).map((m) => m.alarm);
  const into = one(others, d[4])?.id ?? i.id;
  if (d[5] < 0.25) return { do: 'split', alarms: some, reason: '另有原因' };
  if (d[5] < 0.4) return { do: 'merge', into, reason: '同一事件' };
  if (d[5] < 0.6) return { do: 'control' };
  return d[5] < 0.8 ? { do: 'close' } : { do: 'review', text: '阀门老化' };
}
