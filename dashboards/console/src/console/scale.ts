import { computed, type Ref, ref, watchEffect } from 'vue';
import { nearestStep, screenScale, TEXT_SIZES } from '../state/text-size.ts';

/** How large everything is: by the screen, and by what was chosen at this workstation. */
export type Scale = {
  /** 1 on a desk's own screen; for what is measured or drawn by hand. */
  readonly factor: Ref<number>;
  readonly smallest: Ref<boolean>;
  readonly largest: Ref<boolean>;
  larger(): void;
  smaller(): void;
};

const KEPT = 'lifeline.text-size';
/** What browsers start with, for who has changed nothing. */
const ROOT_PX = 16;

export function createScale(): Scale {
  const step = ref(nearestStep(Number(localStorage.getItem(KEPT) ?? 1)));
  const screen = ref(screenScale(innerWidth, innerHeight));
  addEventListener('resize', () => {
    screen.value = screenScale(innerWidth, innerHeight);
  });
  const factor = computed(() => screen.value * (TEXT_SIZES[step.value] as number));
  watchEffect(
    () => {
      document.documentElement.style.fontSize = `${factor.value * 100}%`;
    },
    { flush: 'sync' },
  );
  const to = (next: number): void => {
    step.value = Math.min(TEXT_SIZES.length - 1, Math.max(0, next));
    localStorage.setItem(KEPT, String(TEXT_SIZES[step.value]));
  };
  return {
    factor,
    smallest: computed(() => step.value === 0),
    largest: computed(() => step.value === TEXT_SIZES.length - 1),
    larger: () => to(step.value + 1),
    smaller: () => to(step.value - 1),
  };
}

/** As it is now, for drawings on canvas. */
export const scaleNow = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / ROOT_PX || 1;
