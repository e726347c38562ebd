import { type Ref, ref } from 'vue';

/** The server's time as well as it is known, told once a second: ages on all consoles then agree. */
export type Clock = {
  readonly now: Ref<number>;
  /** Now, finer than the tick. */
  read(): number;
  /** The server has said what time it is. */
  set(serverTime: string): void;
};

export function createClock(): Clock {
  let ahead = 0;
  const read = (): number => Date.now() + ahead;
  const now = ref(read());
  const tick = (): void => {
    now.value = read();
    // On the second, so that the shown clock does not skip one now and then.
    setTimeout(tick, 1_000 - (now.value % 1_000) + 5);
  };
  tick();
  return {
    now,
    read,
    set(serverTime) {
      ahead = Date.parse(serverTime) - Date.now();
      now.value = read();
    },
  };
}
