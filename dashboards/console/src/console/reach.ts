import { type Ref, shallowRef } from 'vue';
import type { NoticeState } from '../api/answers.ts';
import type { Api } from '../api/http.ts';

/** Whether notices reach anybody: asked again and again, since a roster ends without an event. */
export type Reach = {
  /** `null`: not known yet, or not theirs to know. */
  readonly state: Ref<NoticeState | null>;
  start(): void;
  stop(): void;
  /** At once: something has just been changed that it depends on. */
  refresh(): Promise<void>;
  /** Once it may have been sent: something has just happened to an alarm. */
  soon(): void;
};

const EVERY = 10_000;
const SENT_WITHIN = 1_500;

export function createReach(api: Pick<Api, 'get'>): Reach {
  const state = shallowRef<NoticeState | null>(null);
  let timer: ReturnType<typeof setInterval> | undefined;
  let waits = false;

  async function refresh(): Promise<void> {
    if (timer === undefined) return;
    const answer = await api.get<NoticeState>('/notices/state');
    // What was true stays until the next answer: the link's own banner says that it may not be.
    if (answer.ok && timer !== undefined) state.value = answer.value;
  }

  return {
    state,
    refresh,
    soon() {
      if (waits) return;
      waits = true;
      setTimeout(() => {
        waits = false;
        void refresh();
      }, SENT_WITHIN);
    },
    start() {
      if (timer !== undefined) return;
      timer = setInterval(() => void refresh(), EVERY);
      void refresh();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
      state.value = null;
    },
  };
}
