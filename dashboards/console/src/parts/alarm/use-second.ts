import { nextTick, type Ref, ref } from 'vue';
import { useConsole } from '../../console/console.ts';
import type { Second } from '../SecondPerson.vue';

type Field = 'account' | 'password' | 'otp';
/** The form of the second person, as far as the focus goes. */
export type SecondForm = { focus(which: Field): void };

/**
 * A second person who proves to be here: asked for when the server says so.
 *
 * @param needed the code by which it says so
 */
export function useSecond(
  needed: string,
  form: Readonly<Ref<SecondForm | undefined>>,
): {
  /** `null`: nobody has asked for one. */
  readonly second: Ref<Second | null>;
  /** Why it is not sent yet, with the focus there; `null`: it may be. */
  missing(): string | null;
  /** As it is sent. */
  body(): { readonly second?: Second | Omit<Second, 'otp'> };
  /** After a refusal. @returns what to say of it */
  after(done: { readonly code: string; readonly words: string }): Promise<string | null>;
} {
  const { say } = useConsole();
  const second = ref<Second | null>(null);
  async function ask(next: Second, at: Field): Promise<void> {
    second.value = next;
    await nextTick();
    form.value?.focus(at);
  }
  return {
    second,
    missing() {
      const other = second.value;
      if (other === null || (other.account.trim() !== '' && other.password !== '')) return null;
      form.value?.focus(other.account.trim() === '' ? 'account' : 'password');
      return say('shelve.secondEmpty');
    },
    body() {
      const other = second.value;
      if (other === null) return {};
      const who = { account: other.account.trim(), password: other.password };
      return {
        second: other.otp === null || other.otp.trim() === '' ? who : { ...who, otp: other.otp.trim() },
      };
    },
    async after({ code, words }) {
      const before = second.value;
      if (code === needed) {
        await ask({ account: '', password: '', otp: null }, 'account');
        // The first time it is a question and not yet a refusal.
        return before === null ? null : words;
      }
      if (before === null) return words;
      if (code === 'second-factor-needed') {
        await ask({ ...before, otp: '' }, 'otp');
        return before.otp === null ? null : say('shelve.secondOtpWrong');
      }
      await ask({ ...before, password: '', otp: null }, 'password');
      return words;
    },
  };
}
