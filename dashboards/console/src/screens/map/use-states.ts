import { computed } from 'vue';
import { useConsole } from '../../console/console.ts';
import { statesOf } from './points.ts';
import { useRegister } from './use-register.ts';

/** Every point of the register with what is wrong with it now: of the map, and of the wall's. */
export function useStates() {
  const { clock, shown } = useConsole();
  const { offline, reported, allowed, ...register } = useRegister();
  /** Ages of minutes do not change every second; and a drawing of thousands is not made anew each second. */
  const slow = computed(() => Math.floor(clock.now.value / 10_000) * 10_000);
  const states = computed(() =>
    statesOf(register.points.value ?? [], shown.value, {
      silentAfter: allowed.value,
      offline: offline.value,
      reported: reported.value,
      now: slow.value,
    }),
  );
  return { ...register, slow, states };
}
