import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { useWords } from '../../i18n/words.ts';
import { isOverdue } from '../../parts/order/clocks.ts';
import { words as rows } from '../../parts/rows/words.ts';
import { isUnacked } from '../../state/phase.ts';
import { words } from './words.ts';

/** What has come of an alarm, in one line: who has seen it, who is on the way, what was warned of. */
export function useStory(): (a: AlarmJson) => string {
  const { live, language, ordersOf, clock } = useConsole();
  const say = useWords({ ...rows, ...words });
  return (a) => {
    const parts: string[] = [
      a.ack !== undefined && !isUnacked(a) ? say('ackedBy', { who: a.ack.by }) : say(`is.${a.phase}`),
    ];
    const [order, ...more] = ordersOf.value.get(a.id) ?? [];
    if (order !== undefined) {
      const late = isOverdue(order, clock.now.value) ? ` ${say('late')}` : '';
      parts.push(
        `${say('order.mark', { state: say(`order.state.${order.state}`) })}${late}${more.length > 0 ? ` +${more.length}` : ''}`,
      );
    }
    const { warning, incident } = live.follows.value.get(a.id) ?? { warning: null, incident: null };
    if (warning?.state === 'issued') parts.push(say('warned'));
    if (incident !== null && incident !== undefined)
      parts.push(
        say('inIncident', { what: ofBilingual(incident.name, language.value), n: incident.alarms.length }),
      );
    return parts.join(' · ');
  };
}
