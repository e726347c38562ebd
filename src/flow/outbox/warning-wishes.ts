import type { Alarm } from '../../domain/alarm/alarm.ts';
import { type AreaCode, as, type UnitCode, type WarningId } from '../../domain/ids.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { hours, type Millis } from '../../domain/time.ts';
import type { WarningBirth } from '../../domain/warning/commands.ts';
import type { Warning } from '../../domain/warning/warning.ts';
import type { Core } from '../core/core.ts';
import type { ActsFor, WarningAsk, WarningWish } from '../ports/responses.ts';
import { oneDrill } from './one-drill.ts';

/** How long a warning is in force where nobody says it: ours, to be adjusted or lifted before. */
const IN_FORCE_H = 6;

/** Whether a warning is theirs: it lies where they see, or is for their unit. */
export function isTheirs(w: Warning, who: ActsFor): boolean {
  if (who.unit !== null) return w.effective !== null && w.recipients.some((r) => r.unit === who.unit);
  return w.areas.some((a) => who.sees(a));
}

/** What is left out of a wish is proposed from the alarms that it rests on: the pack's own advice is what to do. */
export function warningBirth(
  core: Core,
  {
    id,
    wish,
    alarms,
    now,
  }: {
    readonly id: WarningId;
    readonly wish: WarningWish;
    readonly alarms: readonly Alarm[];
    readonly now: Millis;
  },
): Result<WarningBirth, Refusal> {
  const drill = oneDrill(
    alarms.map((a) => a.drill ?? null),
    (id) => core.drills.isRunning(id),
  );
  if (!drill.ok) return drill;
  const [first] = [...alarms].sort((a, b) => a.level - b.level);
  const { content } = wish;
  const areas = content.areas ?? [...new Set(alarms.map((a) => a.areaCode))];
  const lifeline = wish.lifeline ?? first?.lifeline ?? null;
  const level = content.level ?? first?.level ?? null;
  const kind = content.kind ?? first?.ruleName.zh ?? null;
  const instruction = content.instruction ?? first?.advice.zh ?? null;
  if (lifeline === null || level === null || kind === null || instruction === null || areas.length === 0)
    return no(
      refuse(
        'invalid',
        '须给出专项、等级、种类、区域和处置要求，或给出依据的报警',
        'Lifeline, level, kind, areas and instruction are needed, or alarms to take them from.',
      ),
    );
  if (!core.lifelines.has(as.lifeline(lifeline)))
    return no(refuse('unknown-reference', `没有专项 ${lifeline}`, `There is no lifeline ${lifeline}.`));
  const recipients = wish.recipients ?? ownersOf(core, alarms);
  const flaw =
    areasFlaw(core, areas) ??
    unitsFlaw(core, [...recipients, ...(wish.issuer === null ? [] : [wish.issuer])]);
  if (flaw !== null) return no(flaw);
  return ok({
    id,
    lifeline: as.lifeline(lifeline),
    // A warning of a drill is none that is meant, whatever it was asked for as.
    status: drill.value === null ? wish.status : 'exercise',
    ...(drill.value === null ? {} : { drill: drill.value }),
    basis: { alarms: wish.alarms, incident: wish.incident },
    issuer: wish.issuer,
    recipients: [...new Set(recipients)],
    level,
    kind,
    areas,
    areaText: content.areaText ?? areaTextOf(core, areas, alarms),
    text: content.text ?? textOf(alarms, kind),
    instruction,
    expires: content.expires ?? now + hours(IN_FORCE_H),
  });
}

/** @returns `null`: what an act refers to is there */
export function contentFlaw(core: Core, ask: WarningAsk): Refusal | null {
  if (ask.do === 'edit')
    return areasFlaw(core, ask.content.areas ?? []) ?? unitsFlaw(core, ask.recipients ?? []);
  return ask.do === 'adjust' ? areasFlaw(core, ask.content.areas ?? []) : null;
}

function areasFlaw(core: Core, areas: readonly AreaCode[]): Refusal | null {
  const lost = areas.find((a) => core.register.area(a) === undefined && core.register.areas().length > 0);
  return lost === undefined
    ? null
    : refuse('unknown-reference', `没有区域 ${lost}`, `There is no area ${lost}.`);
}

function unitsFlaw(core: Core, units: readonly UnitCode[]): Refusal | null {
  const lost = units.find((u) => core.notices.book.unit(u) === undefined);
  return lost === undefined
    ? null
    : refuse('unknown-reference', `没有单位 ${lost}`, `There is no unit ${lost}.`);
}

/** Whom the register says that it belongs to, as far as they are units. */
function ownersOf(core: Core, alarms: readonly Alarm[]): readonly UnitCode[] {
  const units = core.notices.book.units();
  return alarms.flatMap((alarm) => {
    const { owner } = core.notices.placeOf({
      area: alarm.areaCode,
      lifeline: alarm.lifeline,
      asset: alarm.assetCode,
      point: alarm.pointCode,
      unit: null,
    });
    return units.find((u) => u.code === owner || u.name === owner)?.code ?? [];
  });
}

function areaTextOf(core: Core, areas: readonly AreaCode[], alarms: readonly Alarm[]): string {
  const names = areas.map((a) => core.register.area(a)?.name ?? a).join('、');
  const [first] = alarms;
  return alarms.length === 1 && first !== undefined ? `${names}${first.assetName ?? first.pointName}` : names;
}

function textOf(alarms: readonly Alarm[], kind: string): string {
  const lines = alarms.slice(0, 5).map((a) => {
    const { value } = a.worst;
    return `${a.pointName}（${a.pointCode}）${a.ruleName.zh}${value === null ? '' : ` ${value} ${a.trigger.unit}`}`;
  });
  return lines.length === 0
    ? kind
    : `${lines.join('；')}${alarms.length > 5 ? `等 ${alarms.length} 处` : ''}`;
}

const refuse = (code: RefusalCode, zh: string, en: string): Refusal => ({ code, detail: { zh, en } });
