import { GOOD, type Quality, type QualityReason } from '../../domain/reading.ts';

/**
 * Quality as one integer, so that the store can aggregate it: `max` over a time says the worst.
 *
 * `V G WW F`, decimal. G: 0 good, 1 doubtful, 2 bad. WW: why. F: 1 backfill 补传, 2 without a number, 3 both.
 * V = 1: an earlier reading of the same instant may have left its number in the value's field, which must not be
 * counted; InfluxDB overwrites a field, but cannot empty it.
 *
 * 2020 bad, sentinel; 1050 doubtful, stuck; 1 good, backfill; 0 good, said aloud because something else may stand there.
 */
const WHY: Record<QualityReason, number> = {
  'not-a-number': 1,
  sentinel: 2,
  'out-of-range': 3,
  'impossible-jump': 4,
  stuck: 5,
  'device-fault': 6,
  'clock-off': 7,
};
const REASONS = new Map(Object.entries(WHY).map(([why, code]) => [code, why as QualityReason]));
const GRADES = ['good', 'doubtful', 'bad'] as const;

export type Coded = {
  readonly quality: Quality;
  readonly backfill: boolean;
  readonly withoutNumber: boolean;
  /** The value's field may hold something that no longer counts. */
  readonly voids: boolean;
};

export function encodeQuality({ quality, backfill, withoutNumber, voids }: Coded): number {
  const why = quality.grade === 'good' ? 0 : WHY[quality.why];
  const flags = (backfill ? 1 : 0) + (withoutNumber ? 2 : 0);
  return (voids ? 10_000 : 0) + GRADES.indexOf(quality.grade) * 1_000 + why * 10 + flags;
}

/** @param code null where the field is absent */
export function decodeQuality(code: number | null): Coded {
  const c = code ?? 0;
  const why = REASONS.get(Math.floor(c / 10) % 100);
  const grade = gradeOf(c);
  const flags = c % 10;
  return {
    quality: grade === 'good' || why === undefined ? GOOD : { grade, why },
    backfill: flags === 1 || flags === 3,
    withoutNumber: flags >= 2,
    voids: c >= 10_000,
  };
}

/** @param code also the largest of several: it has the worst grade, unless one of them voids */
export function gradeOf(code: number | null): Quality['grade'] {
  return GRADES[Math.floor((code ?? 0) / 1_000) % 10] ?? 'bad';
}

export const VOIDS = 10_000;
