import type {
  Incident,
  IncidentEvent,
  Notice,
  Order,
  OrderEvent,
  Warning,
  WarningEvent,
} from '../../api/answers.ts';
import type { Answer, Api } from '../../api/http.ts';
import type { StoryItem } from '../../state/story.ts';

/** One thing that happened in what an alarm led to. */
export type Link =
  | { readonly of: 'alarm'; readonly at: string; readonly key: string; readonly event: StoryItem }
  | { readonly of: 'notice'; readonly at: string; readonly key: string; readonly notice: Notice }
  | {
      readonly of: 'order';
      readonly at: string;
      readonly key: string;
      readonly event: OrderEvent;
      readonly order: Order;
    }
  | {
      readonly of: 'warning';
      readonly at: string;
      readonly key: string;
      readonly event: WarningEvent;
      readonly warning: Warning;
    }
  | {
      readonly of: 'incident';
      readonly at: string;
      readonly key: string;
      readonly event: IncidentEvent;
      readonly incident: Incident;
    };

export type Chain = {
  /** Oldest first. */
  readonly links: readonly Link[];
  /** Something of it could not be read: it is said, and nobody takes the rest for the whole. */
  readonly isWhole: boolean;
};

/** What of the chain this person may see. */
export type Sees = {
  readonly notices: boolean;
  readonly orders: boolean;
  readonly warnings: boolean;
  readonly incidents: boolean;
};
const MOST = 500;

/** Reads the whole chain of an alarm, that of its orders, warnings and incidents too, whether they are over or not. */
export async function readChain(api: Api, alarm: string, sees: Sees): Promise<Chain> {
  let isWhole = true;
  const items = <T>(answer: Answer<readonly T[]>): readonly T[] => {
    if (!answer.ok) isWhole = false;
    return answer.ok ? answer.value : [];
  };
  const about = `alarm=${encodeURIComponent(alarm)}&state=open,over&limit=100`;
  const nothing = { ok: true, value: [] } as const;
  const [story, orders, warnings, incidents] = await Promise.all([
    api.story(alarm).then(items),
    sees.orders ? api.all<Order>(`/orders?${about}`, MOST).then(items) : [],
    sees.warnings ? api.all<Warning>(`/warnings?${about}`, MOST).then(items) : [],
    sees.incidents ? api.all<Incident>(`/incidents?${about}`, MOST).then(items) : [],
  ]);
  const subjects = [alarm, ...orders.map((o) => o.id), ...warnings.map((w) => w.id)];
  const links = await Promise.all([
    ...subjects.map(async (subject): Promise<readonly Link[]> => {
      const path = `/notices?subject=${encodeURIComponent(subject)}&limit=${MOST}`;
      return items(sees.notices ? await api.all<Notice>(path, MOST) : nothing).map(noticeLink);
    }),
    ...orders.map(
      async (order): Promise<readonly Link[]> =>
        items(await api.all<OrderEvent>(`/orders/${encodeURIComponent(order.id)}/events`, MOST)).map(
          (event) => ({
            of: 'order',
            at: event.at,
            key: `o${event.seq}`,
            event,
            order,
          }),
        ),
    ),
    ...warnings.map(
      async (warning): Promise<readonly Link[]> =>
        items(await api.all<WarningEvent>(`/warnings/${encodeURIComponent(warning.id)}/events`, MOST)).map(
          (event) => ({
            of: 'warning',
            at: event.at,
            key: `w${event.seq}`,
            event,
            warning,
          }),
        ),
    ),
    ...incidents.map(
      async (incident): Promise<readonly Link[]> =>
        items(await api.all<IncidentEvent>(`/incidents/${encodeURIComponent(incident.id)}/events`, MOST))
          .filter((event) => isOf(event, alarm))
          .map((event) => ({ of: 'incident', at: event.at, key: `i${event.seq}`, event, incident })),
    ),
  ]);
  const own = story.map((event): Link => ({ of: 'alarm', at: event.at, key: `a${event.seq}`, event }));
  return { links: merged([...own, ...links.flat()]), isWhole };
}

const noticeLink = (notice: Notice): Link => ({
  of: 'notice',
  at: notice.tries[0]?.at ?? notice.queuedAt,
  key: `n${notice.id}`,
  notice,
});

/** Who else is in the incident has a file of their own. */
const isOf = (e: IncidentEvent, alarm: string): boolean => e.alarms === undefined || e.alarms.includes(alarm);

/** By time; of one instant the alarm first, then what it led to. */
export const merged = (links: readonly Link[]): readonly Link[] =>
  [...links].sort((a, b) =>
    a.at === b.at ? ORDER.indexOf(a.of) - ORDER.indexOf(b.of) : a.at < b.at ? -1 : 1,
  );
const ORDER: readonly Link['of'][] = ['alarm', 'incident', 'notice', 'order', 'warning'];
