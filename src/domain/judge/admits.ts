import type { Doubt, Quality, Reading } from '../reading.ts';
import type { Judges } from '../rule.ts';

/** From the strictest to the widest. */
export const JUDGES = ['strictly-good', 'good', 'measured'] as const satisfies readonly Judges[];

/**
 * Whether a rule judges a reading of this quality.
 *
 * `good`: a device whose clock is off says nothing wrong about the gas, so its reading stands at our time, flagged, and
 * is judged (promises C14). One that seems stuck may as well be right (water that stands): flagged, and judged.
 *
 * @param judges absent: `good`
 */
export function admits(judges: Judges | undefined, quality: Quality): boolean {
  if (quality.grade === 'good') return true;
  switch (quality.why) {
    case 'clock-off':
    case 'stuck':
      return judges !== 'strictly-good';
    case 'sentinel':
      // A bad one is no number; a doubtful one may as well be a value.
      if (quality.grade === 'bad') return false;
      return judges !== 'strictly-good';
    case 'out-of-range':
    case 'impossible-jump':
      return judges === 'measured';
    default:
      return false;
  }
}

/** Whether some rule might judge it: it is a number, and one that was measured. */
export const isMeasured = (r: Pick<Reading, 'value' | 'quality'>): boolean =>
  r.value !== null && admits('measured', r.quality);

/** What to say beside a value of this quality: nothing where it is good. */
export const doubtIn = (quality: Quality | undefined): { readonly doubt?: Doubt } =>
  quality === undefined || quality.grade === 'good' ? {} : { doubt: quality };
