import type { AlarmJson } from '../../../../../../src/wire/alarm.ts';
import type { Say } from '../../../i18n/translate.ts';
import type { words } from './words.ts';

type Assessment = NonNullable<AlarmJson['assessment']>;
export type Verdict = Assessment['verdict'];
type Confidence = NonNullable<Assessment['confidence']>;
type Cause = NonNullable<Assessment['cause']>;
type NextStep = NonNullable<NonNullable<Assessment['form']>['nextStep']>;
const offered = <K extends string>(of: Readonly<Record<K, true>>): K[] => Object.keys(of) as K[];
/** In the order in which they are offered. */
export const CONFIDENCES = offered<Confidence>({ certain: true, likely: true, unclear: true });
export const CAUSES = offered<Cause>({
  leak: true,
  'third-party': true,
  equipment: true,
  natural: true,
  other: true,
});
export const NEXT_STEPS = offered<NextStep>({ none: true, watch: true, order: true, warning: true });

/** The form of 研判 as it is typed; every field may be left empty. */
export type AssessDraft = {
  confidence: Confidence | null;
  cause: Cause | '';
  duplicateOf: string;
  onSite: string;
  onSiteUnit: string;
  depth: string;
  ethane: string;
  ethaneUnit: string;
  instrument: string;
  ventBefore: string;
  ventAfter: string;
  ventUnit: string;
  weather: string;
  worksNear: string;
  pipesNear: string;
  owner: string;
  next: NextStep | '';
  watchFor: string;
};

/** @param unit of what the alarm is about */
export const emptyDraft = (unit: string | null): AssessDraft => ({
  ...{ confidence: null, cause: '', duplicateOf: '', onSite: '', onSiteUnit: unit ?? '', depth: '' },
  ...{ ethane: '', ethaneUnit: 'ppm', instrument: '', ventBefore: '', ventAfter: '', ventUnit: unit ?? '' },
  ...{ weather: '', worksNear: '', pipesNear: '', owner: '', next: '', watchFor: '60' },
});

type Body = {
  readonly confidence?: string;
  readonly cause?: string;
  readonly form?: Record<string, unknown>;
};

/**
 * What of it is sent: nothing that was left empty.
 *
 * @param at our clock
 * @returns the body, or what is wrong, for people
 */
export function assessBodyOf(
  draft: AssessDraft,
  verdict: Verdict,
  at: { readonly revision: number; readonly now: number },
  say: Say<keyof typeof words>,
): Body | string {
  const wrong: string[] = [];
  const number = (field: keyof AssessDraft & keyof typeof words): number | undefined => {
    const text = String(draft[field]).trim();
    if (text === '') return undefined;
    const n = numberFrom(text);
    if (n === null) wrong.push(say('badNumber', { field: say(field) }));
    return n ?? undefined;
  };
  const measured = (field: 'onSite' | 'ethane', unit: string) => {
    const value = number(field);
    if (value !== undefined && unit.trim() === '') wrong.push(say('unitNeeded', { field: say(field) }));
    return value === undefined ? undefined : { value, unit: unit.trim() };
  };
  const text = (t: string): string | undefined => (t.trim() === '' ? undefined : t.trim());
  const instant = new Date(at.now).toISOString();

  const onSite = measured('onSite', draft.onSiteUnit);
  const depthM = number('depth');
  const ethane = measured('ethane', draft.ethaneUnit);
  const [before, after] = [number('ventBefore'), number('ventAfter')];
  if ((before === undefined) !== (after === undefined)) wrong.push(say('bothVents'));
  const duplicateOf = verdict === 'duplicate' ? text(draft.duplicateOf) : undefined;
  if (verdict === 'duplicate' && duplicateOf === undefined) wrong.push(say('duplicateNeeded'));
  const watchFor = draft.next === 'watch' ? number('watchFor') : undefined;
  if (wrong[0] !== undefined) return wrong[0];

  const owner = text(draft.owner);
  const instrument = text(draft.instrument);
  const form = present({
    weather: text(draft.weather),
    worksNear: text(draft.worksNear),
    pipesNear: text(draft.pipesNear),
    ethane: ethane && present({ ...ethane, instrument, at: instant }),
    onSite: onSite && present({ ...onSite, depthM }),
    ventilated:
      before === undefined || after === undefined
        ? undefined
        : { before, after, unit: draft.ventUnit.trim() || '%LEL' },
    ownerCalled: owner === undefined ? undefined : { name: owner, at: instant },
    nextStep: draft.next === '' ? undefined : draft.next,
    watchUntil: watchFor === undefined ? undefined : new Date(at.now + watchFor * 60_000).toISOString(),
    duplicateOf,
  });
  return present({
    confidence: draft.confidence ?? undefined,
    cause: verdict === 'real' && draft.cause !== '' ? draft.cause : undefined,
    form: Object.keys(form).length === 0 ? undefined : { seenRevision: at.revision, ...form },
  }) as Body;
}

/** As people type it here and elsewhere: 20.9, 20,9, １２. */
function numberFrom(text: string): number | null {
  const n = Number(text.normalize('NFKC').replace(',', '.'));
  return Number.isFinite(n) ? n : null;
}

const present = (of: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined));
