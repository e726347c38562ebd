import { computed, type Ref } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { useConsole } from '../../console/console.ts';
import type { Mark } from '../../parts/curve/marks.ts';
import type { Stretch } from './ask.ts';
import type { Curve } from './use-curves.ts';

/** When it was over; `null`: it is still on. */
export const endOf = (a: AlarmJson): number | null => {
  const end = a.returnedAt ?? a.closedAt ?? null;
  return end === null ? null : Date.parse(end);
};

/** The alarms of the curves within the window: what was read, and what the live link has told since. */
export function useCurveAlarms(curves: Ref<readonly Curve[]>, stretch: Ref<Stretch>) {
  const { live } = useConsole();
  const isOf = (c: Curve, a: AlarmJson): boolean => a.metric === null || a.metric === c.metric;
  const alarmsOf = (c: Curve): AlarmJson[] => {
    const { from, to } = stretch.value;
    const known = new Map(c.alarms.map((a) => [a.id, a]));
    for (const a of live.board.value.open.values()) if (a.pointCode === c.point?.code) known.set(a.id, a);
    return [...known.values()].filter(
      (a) => isOf(c, a) && Date.parse(a.raisedAt) < to && (endOf(a) ?? Number.POSITIVE_INFINITY) > from,
    );
  };
  const marksOf = (members: readonly { c: Curve }[]): Mark[] =>
    members
      .flatMap(({ c }) => alarmsOf(c))
      .map((a) => ({ level: a.level, from: Date.parse(a.observedAt), to: endOf(a) }));
  const alarms = computed(() => {
    const all = new Map(curves.value.flatMap((c) => alarmsOf(c)).map((a) => [a.id, a]));
    return [...all.values()].sort((a, b) => Date.parse(b.raisedAt) - Date.parse(a.raisedAt));
  });
  return { alarms, marksOf };
}
