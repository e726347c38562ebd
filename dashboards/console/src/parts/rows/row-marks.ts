import { type ComputedRef, computed } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { useWords } from '../../i18n/words.ts';
import type { Grouped } from '../../state/by-incident.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';
import { quantityOf } from '../../state/numbers.ts';
import type { Told } from '../../state/rows/told.ts';
import { doubtInWords } from '../../state/value-words.ts';
import type { IconName } from '../icon/icons.ts';
import { words } from './words.ts';

/** A small word in the row of an alarm: what else there is about it. */
export type RowMark = {
  /** `data-mark` */
  readonly is: string;
  readonly icon: IconName;
  readonly word: string;
  /** What is left of it where there is no room for words. */
  readonly short: string;
  readonly hint: string;
  readonly state?: string;
  /** The incident that it folds, or unfolds. */
  readonly fold?: { readonly incident: string; readonly folded: boolean };
};

type Marked = { readonly alarm: AlarmJson; readonly group: Grouped | null; readonly told: Told | null };

/** In the order of what one should know first. */
export function useRowMarks(row: Marked): ComputedRef<readonly RowMark[]> {
  const { live, language, ordersOf } = useConsole();
  const say = useWords(words);
  const follows = computed(() => live.follows.value.get(row.alarm.id) ?? null);

  function incident(): RowMark | null {
    const i = follows.value?.incident ?? null;
    if (i === null) return null;
    const head = row.group?.head ?? null;
    const n = head?.count ?? i.alarms.length;
    const what = ofBilingual(i.name, language.value);
    const peak =
      head === null || head.peak.worst.value === null
        ? null
        : quantityOf(head.peak.worst.value, head.peak.trigger.unit);
    const unacked = head?.folded && head.unacked > 0 ? [say('mark.unacked', { n: head.unacked })] : [];
    const most = head === null || peak === null ? [] : [say('mark.peak', { peak })];
    const arrow = head === null ? '' : head.folded ? '▸ ' : '▾ ';
    return {
      is: 'incident',
      icon: 'incident',
      word: [`${arrow}${say('mark.incident')} ${n}`, ...unacked, ...most].join(' · '),
      short: [`${arrow}${n}`, ...unacked, ...(head === null || peak === null ? [] : [`↑${peak}`])].join(
        ' · ',
      ),
      hint: [
        say('mark.incidentHint', { what, n: i.alarms.length, state: say(`incident.${i.state}`) }),
        ...most,
      ].join(' · '),
      ...(head === null ? {} : { fold: { incident: i.id, folded: head.folded } }),
    };
  }

  function warning(): RowMark | null {
    const w = follows.value?.warning ?? null;
    if (w === null) return null;
    const state = w.overdue ? say('warning.overdue') : say(`warning.${w.state}`);
    const status = w.status === 'actual' ? '' : `${say(`status.${w.status}`)} `;
    // In force is what a warning is there for: only how it stands otherwise takes room in the row.
    const stands = w.state === 'issued' && !w.overdue ? '' : `${w.overdue ? '⚠ ' : ''}${state} `;
    return {
      is: 'warning',
      icon: 'warning',
      word: `${status}${stands}${say('mark.warning')}`,
      short: `${status}${w.overdue ? '⚠' : ''}`.trim(),
      hint: say('mark.warningHint', { what: `${w.kind} · ${w.areaText}`, state }),
      state: w.overdue ? 'overdue' : w.state,
    };
  }

  function order(): RowMark | null {
    const orders = ordersOf.value.get(row.alarm.id) ?? [];
    const [first] = orders;
    if (first === undefined) return null;
    const word =
      orders.length === 1
        ? say('order.mark', { state: say(`order.state.${first.state}`) })
        : say('order.markMore', { n: orders.length });
    const short = orders.length === 1 ? say(`order.state.${first.state}`) : String(orders.length);
    return { is: 'order', icon: 'order', word, short, hint: orders.map((o) => o.no).join(', ') };
  }

  function told(): RowMark | null {
    if (row.told === null) return null;
    if (row.told.people === 0 && row.told.failed) return plain('untold', say('mark.untold'), '!');
    const n = row.told.people;
    return n === 0 ? null : plain('told', say('mark.told', { n }), String(n));
  }

  const plain = (is: IconName, word: string, short: string): RowMark => ({
    is,
    icon: is,
    word,
    short,
    hint: word,
  });

  return computed(() => {
    const a = row.alarm;
    const doubt = doubtInWords(a, say);
    const verdict = a.assessment === undefined ? null : say(`assess.${a.assessment.verdict}`);
    const all: readonly (RowMark | null)[] = [
      a.from === undefined
        ? null
        : { ...plain('platform', say('mark.from', { from: a.from }), a.from), is: 'from' },
      incident(),
      warning(),
      order(),
      a.lifeline === OWN_LIFELINE ? plain('platform', say('mark.platform'), '') : null,
      a.dataInterrupted ? plain('interrupted', say('mark.interrupted'), '') : null,
      verdict === null
        ? null
        : { ...plain('assess', say('mark.verdict', { verdict }), verdict), is: 'verdict' },
      a.notes === undefined ? null : plain('note', say('mark.note', { n: a.notes }), String(a.notes)),
      told(),
      a.noisy ? plain('noisy', say('mark.noisy', { n: a.recurrences }), String(a.recurrences)) : null,
      doubt === null ? null : plain('doubt', doubt, ''),
      a.late ? plain('late', say('mark.late'), '') : null,
    ];
    return all.filter((m) => m !== null);
  });
}

/** About how wide they are in words, in pixels of a desk: a Chinese character is as wide as it is high. */
export const marksWidth = (marks: readonly RowMark[]): number =>
  marks.reduce((sum, { word }) => sum + 36 + [...word].reduce((w, c) => w + (c > '\u2e7f' ? 12 : 6.6), 0), 0);
