import type { AlarmEventJson } from '../../../../src/wire/http/alarms.ts';
import type { Key, Say } from '../i18n/translate.ts';
import { untilOf } from './beijing.ts';
import type { MetricJson } from './catalog.ts';
import { limitText, valueInWords } from './value-words.ts';
import type { Level } from './view.ts';

export type StoryItem = AlarmEventJson;

const VERDICTS: Readonly<Record<string, Key>> = {
  real: 'assess.real',
  false: 'assess.false',
  biogas: 'assess.biogas',
  test: 'assess.test',
  works: 'assess.works',
  instrument: 'assess.instrument',
  environment: 'assess.environment',
  duplicate: 'assess.duplicate',
  unclear: 'assess.unclear',
};

/** Of these the reason is a code, and part of the word. */
const CODED: ReadonlySet<StoryItem['event']> = new Set(['unshelved', 'returnedToService']);

/** What happened, in a word. */
export function eventWord(item: StoryItem, say: Say): string {
  if (item.event === 'unshelved' && item.reason === 'expired') return say('event.unshelvedExpired');
  if (item.event === 'returnedToService' && item.reason !== undefined) return say('event.shownForRed');
  return say(`event.${item.event}`);
}

/** What else is worth knowing about it: the value, the verdict, the words of a person. */
export function eventDetail(
  item: StoryItem,
  say: Say,
  now: number,
  metric: MetricJson | null = null,
): string {
  const parts: string[] = [];
  if (item.level !== undefined) parts.push(`${item.level} ${say(`level.${item.level as Level}`)}`);
  if (item.value !== undefined && item.value !== null)
    parts.push(valueInWords(item.value, item.unit ?? '', metric, say));
  if (item.limit !== undefined && item.side !== undefined && metric?.kind !== 'flag')
    parts.push(
      say('list.limit', {
        limit: limitText({ limit: item.limit, side: item.side, unit: item.unit ?? '' }, say),
      }),
    );
  if (item.ruleVersion !== undefined) parts.push(say('detail.version', { n: item.ruleVersion }));
  if (item.why !== undefined) parts.push(say(`quality.why.${item.why}`));
  if (item.verdict !== undefined) {
    const known = VERDICTS[item.verdict];
    parts.push(known ? say(known) : item.verdict);
  }
  if (item.until !== undefined)
    parts.push(say('overlay.shelved', { time: untilOf(Date.parse(item.until), now) }));
  if (item.reason !== undefined && !CODED.has(item.event)) parts.push(item.reason);
  if (item.note) parts.push(item.note);
  return parts.join(' · ');
}
