import type { Actor } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import type {
  WarningAct,
  WarningBirth,
  WarningCommand,
  WarningEvent,
} from '../../../src/domain/warning/commands.ts';
import { decideWarning } from '../../../src/domain/warning/decide.ts';
import { evolveWarning } from '../../../src/domain/warning/evolve.ts';
import type { Warning, WarningState } from '../../../src/domain/warning/warning.ts';
import { person, T0 } from '../order/build.ts';

export const DRAFTER = person('drafter');
export const LEADER = person('leader');
const SENDER = '34160041400100';
let n = 0;

export const by = (who: Actor, act: WarningAct): WarningCommand => ({
  ...act,
  by: who,
  commandId: as.command(`w${++n}`),
});
export const stamp = (i: number): string => `${SENDER}_20260601080000_${i}`;

export const birth = (more: Partial<WarningBirth> = {}): WarningBirth => ({
  id: as.warning('W1'),
  lifeline: as.lifeline('gas'),
  status: 'actual',
  basis: { alarms: [as.alarm('A1')], incident: null },
  issuer: null,
  recipients: [as.unit('gas-co'), as.unit('district')],
  level: 2,
  kind: '燃气泄漏',
  areas: [as.area('341602')],
  areaText: '谯城区某路',
  text: '一号井甲烷 25 %LEL',
  instruction: '关阀，疏散',
  expires: T0 + hours(6),
  ...more,
});
export const create = (more: Partial<WarningBirth> = {}): WarningCommand => ({
  do: 'create',
  birth: birth(more),
  by: DRAFTER,
  commandId: as.command(`w${++n}`),
});
export const edit = by(DRAFTER, { do: 'edit', content: { text: '改' }, recipients: null });
export const submit = by(DRAFTER, { do: 'submit' });
export const issue = by(LEADER, { do: 'issue', documentNo: '亳预〔2026〕1号', identifier: stamp(0) });
export const returns = by(LEADER, { do: 'return', reason: '文字有误' });
export const confirm = by(person('unit'), { do: 'confirm', unit: as.unit('gas-co') });
export const adjust = by(LEADER, {
  do: 'adjust',
  content: { level: 1, text: '扩大' },
  reason: '浓度升高',
  identifier: stamp(1),
});
export const lift = by(LEADER, { do: 'end', reason: null, isOver: true, identifier: stamp(2) });
export const cancel = by(LEADER, { do: 'cancel', reason: '误发', identifier: stamp(3) });
export const discard = by(DRAFTER, { do: 'discard' });

export function story(...commands: WarningCommand[]): { is: Warning; events: WarningEvent[] } {
  let is: Warning | null = null;
  const events: WarningEvent[] = [];
  for (const [i, command] of commands.entries()) {
    const decided = decideWarning(is, command, T0 + minutes(i));
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) {
      is = evolveWarning(is, e);
      events.push(e);
    }
  }
  return { is: is as unknown as Warning, events };
}

export const IN_STATE: { readonly [S in WarningState]: readonly WarningCommand[] } = {
  draft: [create()],
  pending: [create(), submit],
  issued: [create(), submit, issue],
  lifted: [create(), submit, issue, lift],
  cancelled: [create(), submit, issue, cancel],
  discarded: [create(), discard],
};
