import { computed, type Ref, shallowRef } from 'vue';
import type { IncidentEvent, IncidentFile, OrderEvent, WarningEvent } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { useUnitChoices } from '../../console/use-choices.ts';
import { useWords } from '../../i18n/words.ts';
import { orderEventDetail, orderEventWord } from '../../parts/order/story.ts';
import { orderWords } from '../../parts/order/words.ts';
import { eventWords } from '../../parts/response/event-words.ts';
import type { Moment } from '../../parts/response/LineOfTime.vue';
import { eventDetail, eventWord, type StoryItem } from '../../state/story.ts';
import { momentOf } from '../warnings/story.ts';
import { words } from './words.ts';

/** Alarms whose own stories are asked for; a flood has a hundred, and the archive has them all. */
const ALARMS = 20;
const MOST = 1_000;

type Told = {
  readonly incident: readonly IncidentEvent[];
  readonly alarms: readonly { readonly name: string; readonly items: readonly StoryItem[] }[];
  readonly orders: readonly { readonly name: string; readonly items: readonly OrderEvent[] }[];
  readonly warnings: readonly { readonly name: string; readonly items: readonly WarningEvent[] }[];
};

/** What happened to an incident, its alarms, orders and warnings, as one line of time. */
export function useStory(): {
  readonly moments: Readonly<Ref<readonly Moment[]>>;
  /** Of how many alarms it tells, where there are more; `null`: of all. */
  readonly cut: Readonly<Ref<number | null>>;
  read(incident: IncidentFile): Promise<void>;
} {
  const { api, clock, live } = useConsole();
  const say = useWords(words);
  const tell = useWords(eventWords);
  const sayOrder = useWords(orderWords);
  const units = useUnitChoices();
  const told = shallowRef<Told>({ incident: [], alarms: [], orders: [], warnings: [] });
  const cut = shallowRef<number | null>(null);

  async function read(incident: IncidentFile): Promise<void> {
    const at = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}/events`;
    const { orders, warnings } = live.board.value;
    const [own, ofAlarms, ofOrders, ofWarning] = await Promise.all([
      api.all<IncidentEvent>(at('incidents', incident.id), MOST),
      Promise.all(
        incident.alarms.slice(0, ALARMS).map(async (id) => {
          const answer = await api.story(id);
          const name = live.board.value.open.get(id)?.pointName ?? id;
          return { name, items: answer.ok ? answer.value : [] };
        }),
      ),
      Promise.all(
        incident.orders.map(async (id) => {
          const answer = await api.all<OrderEvent>(at('orders', id), MOST);
          return { name: orders.open.get(id)?.no ?? id, items: answer.ok ? answer.value : [] };
        }),
      ),
      Promise.all(
        incident.warnings.map(async (id) => {
          const answer = await api.all<WarningEvent>(at('warnings', id), MOST);
          return { name: warnings.open.get(id)?.kind ?? id, items: answer.ok ? answer.value : [] };
        }),
      ),
    ]);
    cut.value = incident.alarms.length > ALARMS ? ALARMS : null;
    told.value = {
      incident: own.ok ? own.value : told.value.incident,
      alarms: ofAlarms,
      orders: ofOrders,
      warnings: ofWarning,
    };
  }

  const ofIncident = (e: IncidentEvent): Moment => ({
    key: `${e.incidentId}/${e.revision}`,
    seq: e.seq,
    at: e.at,
    event: e.event,
    word: tell(
      e.event === 'joined' && e.alarms?.length === 0 ? 'event.incident.rose' : `event.incident.${e.event}`,
    ),
    of: say('ofIncident'),
    by: e.by,
    detail: [
      e.step === undefined ? '' : `${e.step}. ${e.text ?? ''}`,
      e.level === undefined ? '' : `${e.level} ${say(`level.${e.level}`)}`,
      e.alarms === undefined || e.alarms.length === 0 ? '' : say('alarmsN', { n: e.alarms.length }),
      e.reason ?? '',
      e.step === undefined ? (e.text ?? '') : '',
    ]
      .filter((x) => x !== '')
      .join(' · '),
  });

  const moments = computed<readonly Moment[]>(() => [
    ...told.value.incident.map(ofIncident),
    ...told.value.alarms.flatMap(({ name, items }) =>
      items.map((item) => ({
        key: `a/${item.seq}`,
        seq: item.seq,
        at: item.at,
        event: item.event,
        word: eventWord(item, say),
        of: name,
        by: item.by,
        detail: eventDetail(item, say, clock.now.value),
      })),
    ),
    ...told.value.orders.flatMap(({ name, items }) =>
      items.map((e) => ({
        key: `o/${e.seq}`,
        seq: e.seq,
        at: e.at,
        event: e.event,
        word: orderEventWord(e, sayOrder),
        of: name,
        by: e.by,
        detail: orderEventDetail(e, { say: sayOrder, now: clock.now.value, unitName: units.nameOf }),
      })),
    ),
    ...told.value.warnings.flatMap(({ name, items }) =>
      items.map((e) => ({
        ...momentOf(e, tell, units.nameOf),
        of: name,
      })),
    ),
  ]);
  return { moments, cut, read };
}
