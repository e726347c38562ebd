import { onBeforeUnmount, type Ref, ref, shallowRef } from 'vue';
import type { Backtest, Suggestion } from '../../api/answers.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';

const WEEK = 7 * 24 * 3_600_000;
const ASK_EVERY = 700;

/**
 * Trying numbers over history before anybody takes them: a draft's backtest, followed until it has ended, and numbers
 * that the measured noise suggests.
 *
 * @param path of the rule
 * @param refused where the form says why it could not be tried
 */
export function useTrial(path: Readonly<Ref<string>>, refused: Ref<string | null>) {
  const { api, clock, say } = useConsole();
  const test = shallowRef<Backtest | null>(null);
  const suggestion = shallowRef<Suggestion | null>(null);
  const measuring = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onBeforeUnmount(() => clearTimeout(timer));

  function follow(b: Backtest): void {
    test.value = b;
    if (b.state !== 'waiting' && b.state !== 'running') return;
    timer = setTimeout(async () => {
      const answer = await api.get<Backtest>(`/backtests/${b.id}`);
      if (test.value?.id === b.id) follow(answer.ok ? answer.value : b);
    }, ASK_EVERY);
  }

  /** @param draft what would be changed, as the server takes it */
  async function attempt(draft: unknown): Promise<void> {
    clearTimeout(timer);
    const to = clock.read();
    suggestion.value = null;
    const answer = await api.send<Backtest>('POST', `${path.value}/backtest`, {
      from: new Date(to - WEEK).toISOString(),
      to: new Date(to).toISOString(),
      draft,
      wait: false,
    });
    if (answer.ok) follow(answer.value);
    else refused.value = sayProblem(answer.problem, say);
  }

  /**
   * Numbers by the measured noise: nothing of it is typed until somebody takes them.
   *
   * @param where of which area or point, as a query; empty: of all
   */
  async function suggest(where: string): Promise<void> {
    forget();
    measuring.value = true;
    const answer = await api.get<Suggestion>(`${path.value}/suggestion${where}`);
    measuring.value = false;
    if (!answer.ok) {
      refused.value = sayProblem(answer.problem, say);
      return;
    }
    suggestion.value = answer.value;
    if (answer.value.backtest !== null) follow(answer.value.backtest);
  }

  async function stop(): Promise<void> {
    clearTimeout(timer);
    if (test.value !== null) await api.send('DELETE', `/backtests/${test.value.id}`);
    test.value = null;
  }

  /** What was found for other numbers, or another rule. */
  function forget(): void {
    clearTimeout(timer);
    test.value = null;
    suggestion.value = null;
  }

  return { test, suggestion, measuring, attempt, suggest, stop, forget };
}
