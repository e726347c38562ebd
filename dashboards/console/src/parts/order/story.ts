import type { OrderEvent } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { timeOf, untilOf } from '../../state/beijing.ts';
import type { orderWords } from './words.ts';

type Voice = Say<keyof typeof orderWords & string>;
type Kinds = { readonly say: Voice; readonly now: number; unitName(code: string): string };

/** What happened to an order, in a word. */
export function orderEventWord(e: OrderEvent, say: Voice): string {
  switch (e.event) {
    case 'amber':
    case 'overdue':
      return say(`event.order.${e.event}`, { clock: e.clock === undefined ? '' : say(`clock.${e.clock}`) });
    case 'asked':
      return say('event.order.asked', { verb: say(`verb.${e.reasonKind as 'refuse' | 'forward' | 'void'}`) });
    case 'resumed':
      return say(e.reasonKind === 'end' ? 'event.order.resumedByEnd' : 'event.order.resumed');
    case 'extension-answered':
      return say(e.granted === true ? 'event.order.granted' : 'event.order.denied');
    default:
      return say(`event.order.${e.event}`);
  }
}

/** What else is worth knowing of it: to whom, why, until when, what was found. */
export function orderEventDetail(e: OrderEvent, { say, now, unitName }: Kinds): string {
  const parts: string[] = [];
  if (e.unit != null) parts.push(unitName(e.unit));
  const kind = kindInWords(e, say);
  if (kind !== null) parts.push(kind);
  if (e.method !== undefined) parts.push(methodInWords(e.method, say));
  if (e.text !== undefined) parts.push(e.text);
  if (e.reason != null) parts.push(e.reason);
  if (e.cause != null) parts.push(e.cause);
  if (e.until !== undefined)
    parts.push(say('event.order.until', { time: untilOf(Date.parse(e.until), now) }));
  if (e.dueAt !== undefined) parts.push(say('event.order.due', { time: timeOf(Date.parse(e.dueAt), now) }));
  if (e.alarms !== undefined) parts.push(say('event.order.alarms', { n: e.alarms.length }));
  if (e.attachments !== undefined && e.attachments.length > 0)
    parts.push(say('event.order.files', { n: e.attachments.length }));
  if (e.actedAt !== undefined)
    parts.push(say('event.order.acted', { time: timeOf(Date.parse(e.actedAt), now) }));
  return parts.join(' · ');
}

function kindInWords(e: OrderEvent, say: Voice): string | null {
  if (e.event === 'returned') return say(`refusal.${e.reasonKind as 'other'}`);
  return e.event === 'paused' ? say(`pause.${e.reasonKind as 'other'}`) : null;
}

/** A house may have words of its own for how it verifies. */
const methodInWords = (method: string, say: Voice): string =>
  method === 'on-site' || method === 'remote' || method === 'readings' ? say(`method.${method}`) : method;
