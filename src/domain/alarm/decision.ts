import type { Refusal, RefusalCode } from '../refusals.ts';
import { no, ok, type Result } from '../result.ts';
import type { Bilingual } from '../text.ts';
import type { Actor } from './alarm.ts';
import type { AlarmChange } from './events.ts';

/** What follows from a command, before it is dated and numbered. */
export type Decision = Result<readonly AlarmChange[], Refusal>;

export const NOTHING: Decision = ok([]);

export const becomes = (...changes: readonly AlarmChange[]): Decision => ok(changes);

export function refused(
  code: RefusalCode,
  detail: Bilingual | null = null,
): { readonly ok: false; readonly error: Refusal } {
  return no({ code, detail });
}

/** How a refusal calls whoever was there before. */
export function nameOf(actor: Actor): Bilingual {
  return actor.kind === 'operator' ? { zh: actor.name, en: actor.name } : { zh: '系统', en: 'the system' };
}

export const isBlank = (text: string): boolean => text.trim() === '';
