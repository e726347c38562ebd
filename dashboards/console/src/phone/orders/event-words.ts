import type { OrderEvent } from '../../api/answers.ts';
import { untilOf } from '../../state/beijing.ts';
import { type PhoneSay, WORDS } from '../words.ts';

/** What an event of an order's story says beside its name. @param unitName of a unit's code */
export function eventInWords(
  e: OrderEvent,
  now: number,
  say: PhoneSay,
  unitName: (code: string) => string,
): string {
  const kind = e.reasonKind === undefined ? null : kindInWords(e.reasonKind, say);
  return [
    e.unit == null ? null : unitName(e.unit),
    e.clock === undefined ? null : say(`clock.${e.clock}`),
    e.granted === undefined ? null : say(e.granted ? 'granted' : 'denied'),
    kind,
    e.reason,
    e.text,
    e.cause,
    e.until === undefined ? null : say('until', { time: untilOf(Date.parse(e.until), now) }),
  ]
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join(' · ');
}

/** Why it was sent back, or what it waits for. */
function kindInWords(kind: string, say: PhoneSay): string | null {
  for (const key of [`refuse.${kind}`, `pause.${kind}`, `verb.${kind}`])
    if (key in WORDS) return say(key as keyof typeof WORDS);
  return null;
}
