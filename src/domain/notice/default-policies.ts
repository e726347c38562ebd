import { as } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Source } from '../text.ts';
import type { NoticePolicy, Rung } from './policy.ts';

/** Where the shipped ladder and its minutes come from: no public text fixes them for a lifeline centre. */
export const LADDER_SOURCE: Source = { mark: 'D', ref: 'docs/plan/response.md A.3 (accept), G.4' };

/** Minutes in which a case is to be accepted 签收, by level (A.3). */
const ACCEPT_MIN: Readonly<Record<Level, number>> = { 1: 5, 2: 10, 3: 30, 4: 60 };
const COLOUR: Readonly<Record<Level, readonly [zh: string, en: string]>> = {
  1: ['红色', 'red'],
  2: ['橙色', 'orange'],
  3: ['黄色', 'yellow'],
  4: ['蓝色', 'blue'],
};

/** The ladder of G.4, by the minutes of its accept clock: at once, at 80 %, 100 %, 150 %, 200 %. */
function ladder(acceptMin: number): readonly Rung[] {
  const at = (share: number): number => Math.round(acceptMin * 60 * share);
  const rung = (share: number, to: Rung['to']): Rung => ({
    afterS: at(share),
    to,
    channels: [],
    stopsOn: 'acknowledge',
  });
  return [
    rung(0, [
      { unit: 'centre', post: 'duty' },
      { unit: 'owner', post: 'duty' },
    ]),
    rung(0.8, [{ unit: 'owner', post: 'duty' }]),
    rung(1, [
      { unit: 'owner', post: 'leader' },
      { unit: 'centre', post: 'leader' },
    ]),
    rung(1.5, [{ unit: 'district', post: 'duty' }]),
    rung(2, [{ unit: 'district', post: 'leader' }]),
  ];
}

const SUBJECTS = { order: ['工单', 'orders'], warning: ['预警', 'warnings'] } as const;

/**
 * The same ladder for an order, whose unit is called in its owner's place, and for each unit that is to know of a warning; a clock that
 * runs out and an urging call the next rung, and nobody is called any more once it is accepted or confirmed.
 */
const ofUnits =
  (subject: keyof typeof SUBJECTS) =>
  (level: Level): NoticePolicy => ({
    id: as.policy(`${subject}-${level}`),
    name: {
      zh: `${COLOUR[level][0]}${SUBJECTS[subject][0]}默认策略`,
      en: `Default for ${COLOUR[level][1]} ${SUBJECTS[subject][1]}`,
    },
    version: 1,
    enabled: true,
    match: { subjects: [subject], levels: [level], lifelines: [], areas: [] },
    rungs: [
      { afterS: 0, to: [{ unit: 'owner', post: 'duty' }], channels: [], stopsOn: 'accept' },
      ...ladder(ACCEPT_MIN[level])
        .slice(1)
        .map((rung): Rung => ({ ...rung, stopsOn: 'accept' })),
    ],
    repeat: null,
    by: null,
    at: 0,
    reason: LADDER_SOURCE.ref,
  });

/** What holds until somebody says otherwise: a policy a level, for alarms, orders and warnings of every line and area. */
export const DEFAULT_POLICIES: readonly NoticePolicy[] = [
  ...([1, 2, 3, 4] as const).map(
    (level): NoticePolicy => ({
      id: as.policy(`default-${level}`),
      name: { zh: `${COLOUR[level][0]}报警默认策略`, en: `Default for ${COLOUR[level][1]} alarms` },
      version: 1,
      enabled: true,
      match: { subjects: ['alarm', 'platform'], levels: [level], lifelines: [], areas: [] },
      rungs: ladder(ACCEPT_MIN[level]),
      repeat: null,
      by: null,
      at: 0,
      reason: LADDER_SOURCE.ref,
    }),
  ),
  ...([1, 2, 3, 4] as const).map(ofUnits('order')),
  ...([1, 2, 3, 4] as const).map(ofUnits('warning')),
];
