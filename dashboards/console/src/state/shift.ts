import { BEIJING_OFFSET } from './beijing.ts';

/** Hours of the Beijing day at which shifts change. */
export type ShiftPlan = '8-20' | '0-8-16' | '9';
export const SHIFT_PLANS: readonly ShiftPlan[] = ['8-20', '0-8-16', '9'];

const HOURS: Readonly<Record<ShiftPlan, readonly number[]>> = {
  '8-20': [8, 20],
  '0-8-16': [0, 8, 16],
  '9': [9],
};
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The shift that runs at `now`, and the end of the one after it. */
export function shiftAt(now: number, plan: ShiftPlan): { start: number; end: number; nextEnd: number } {
  const midnight = Math.floor((now + BEIJING_OFFSET) / DAY) * DAY - BEIJING_OFFSET;
  const changes = [-1, 0, 1, 2].flatMap((day) => HOURS[plan].map((h) => midnight + day * DAY + h * HOUR));
  const after = changes.findIndex((t) => t > now);
  return {
    start: changes[after - 1] as number,
    end: changes[after] as number,
    nextEnd: changes[after + 1] as number,
  };
}
