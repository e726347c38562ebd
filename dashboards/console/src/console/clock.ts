import { type Ref, ref } from 'vue';

/**
 * The server's time as well as it is known, told once a second: ages on all consoles then agree. The clock of this PC is
 * read once, for what is shown before the server has spoken; somebody may set it at any moment.
 */
export type Clock = {
  readonly now: Ref<number>;
  /** Now, finer than the tick. */
  read(): number;
  /** Milliseconds of a clock that is never set, and the same told once a second: for how long something has lasted. */
  readonly steady: Ref<number>;
  elapsed(): number;
  /** The server has greeted us, and said what time it is. */
  set(serverTime: string): void;
  /** It says so again. */
  correct(serverTime: string): void;
};

/** A word may be this long on its way; beyond it the server's own clock was set. */
const ON_ITS_WAY = 2_000;

export function createClock(
  elapsed: () => number = () => performance.now(),
  pc: () => number = Date.now,
): Clock {
  let ahead = pc() - elapsed();
  const read = (): number => elapsed() + ahead;
  const now = ref(read());
  const steady = ref(elapsed());
  const show = (): void => {
    now.value = read();
    steady.value = elapsed();
  };
  const tick = (): void => {
    show();
    // On the second, so that the shown clock does not skip one now and then.
    setTimeout(tick, 1_000 - (now.value % 1_000) + 5);
  };
  tick();
  return {
    now,
    read,
    steady,
    elapsed,
    set(serverTime) {
      ahead = Date.parse(serverTime) - elapsed();
      show();
    },
    correct(serverTime) {
      const told = Date.parse(serverTime) - elapsed();
      // What took longer makes us late: the quickest word is the right one. After a sleep of this PC all are ahead.
      if (told > ahead || told < ahead - ON_ITS_WAY) ahead = told;
      show();
    },
  };
}
