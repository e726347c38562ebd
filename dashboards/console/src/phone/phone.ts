import { computed, type InjectionKey, inject, type Ref, ref, shallowRef, watch } from 'vue';
import type { z } from 'zod';
import type { orderAlarmOut, orderNamesOut } from '../../../../src/wire/http/response/crew-routes.ts';
import type { Me, Order, OrderEvent, Page, Warning } from '../api/answers.ts';
import type { Answer } from '../api/http.ts';
import { newCommandId } from '../api/ids.ts';
import { PLACE } from '../api/place.ts';
import { NO_ANSWER, type Problem } from '../api/problem.ts';
import { type Language, sayIn } from '../i18n/translate.ts';
import { phoneNow } from './device/phone-clock.ts';
import { createDoor } from './door.ts';
import { isWaiting, type KeptAct, type KeptPhoto, type OrderVerb } from './kept/act.ts';
import { sendActs } from './kept/send-acts.ts';
import { openStore, type PhoneStore } from './kept/store.ts';
import { expectedOf } from './orders/expected.ts';
import { inOrderOfNeed, isForTheCrew, nextClock, type Shown } from './orders/next-clock.ts';
import { type PhoneSay, WORDS } from './words.ts';

export type OrderNames = z.infer<typeof orderNamesOut>;
export type OrderAlarm = z.infer<typeof orderAlarmOut>;
/** Of one order: what its alarms are, and what has happened to it. */
export type OrderMore = {
  readonly revision: number;
  readonly alarms: readonly OrderAlarm[];
  readonly events: readonly OrderEvent[];
};
export type PhoneWarning = { readonly is: Warning; readonly confirmedAt: string | null };
type Person = Pick<Me, 'account' | 'name' | 'unit' | 'permissions'>;
/** Apart: photographs are not written anew at every key. */
type DraftPart = 'typed' | 'photos';
type KeptOrders = {
  readonly items: readonly Order[];
  readonly etag: string | null;
  /** By the clock of this phone. */
  readonly at: number;
};

export type PhoneSession =
  | { readonly is: 'starting' }
  /** `why`: they did not log out, the service did not know them any more. */
  | { readonly is: 'out'; readonly ended: boolean }
  | { readonly is: 'mustSetPassword' }
  | { readonly is: 'mustEnrol' }
  | { readonly is: 'in'; readonly me: Person };

export type Phone = {
  readonly language: Ref<Language>;
  readonly say: PhoneSay;
  readonly session: Ref<PhoneSession>;
  /** This browser keeps nothing: what is done without a network would be lost. */
  readonly keepsNothing: Ref<boolean>;
  readonly orders: Ref<readonly Shown[]>;
  readonly names: Ref<OrderNames | null>;
  /** In force for the unit of the person: those that it has not confirmed first. */
  readonly warnings: Ref<readonly PhoneWarning[]>;
  /** Of the person who is logged in, in the order in which they were done. */
  readonly acts: Ref<readonly KeptAct[]>;
  /** How many wait of people who are not logged in, by account. */
  readonly ofOthers: Ref<ReadonlyMap<string, number>>;
  /** The last question was answered by our service. */
  readonly online: Ref<boolean>;
  readonly sending: Ref<boolean>;
  /** Since when what is shown is so; the phone's clock. `null`: nothing has come yet. */
  readonly asOf: Ref<number | null>;
  /** The phone's clock, told again and again. */
  readonly now: Ref<number>;
  /** The server's, as well as it is known. */
  readonly serverNow: Ref<number>;
  login(account: string, password: string, otp: string): Promise<Problem | null>;
  setPassword(next: string): Promise<Problem | null>;
  logout(): Promise<void>;
  /** Kept on the phone when it resolves, and then sent. @throws where the browser does not keep it */
  act(
    order: Order,
    verb: OrderVerb,
    body: Record<string, unknown>,
    photos: readonly KeptPhoto[],
  ): Promise<void>;
  /** Once more, as a new act of the same time. */
  again(act: KeptAct): Promise<void>;
  putAside(act: KeptAct): Promise<void>;
  more(order: Order): Promise<OrderMore | null>;
  readonly drafts: {
    read<T>(order: string, verb: OrderVerb, part: DraftPart): Promise<T | undefined>;
    write(order: string, verb: OrderVerb, part: DraftPart, what: unknown): Promise<void>;
    drop(order: string, verb: OrderVerb): Promise<void>;
  };
  /** The unit’s receipt. Sent at once or not at all: it says that somebody has read it now. */
  confirmWarning(warning: PhoneWarning): Promise<Problem | null>;
  sync(): Promise<void>;
};

const KEY: InjectionKey<Phone> = Symbol('phone');
export const PHONE = KEY;

export function usePhone(): Phone {
  const phone = inject(KEY);
  if (!phone) throw new Error('usePhone: no phone was provided above this component');
  return phone;
}

const LANGUAGE_KEPT = 'lifeline.language';
/** While the page is to be seen; and sooner where nobody answered. */
const ASK_EVERY = 20_000;
const ASK_AGAIN = 5_000;
const TICK = 1_000;

export async function createPhone(): Promise<Phone> {
  const keepsNothing = ref(false);
  const store = await openStore(`lifeline-phone:${PLACE}`).catch(() => {
    keepsNothing.value = true;
    return null;
  });
  const language = ref<Language>(localStorage.getItem(LANGUAGE_KEPT) === 'en' ? 'en' : 'zh-CN');
  const say = sayIn(() => language.value, WORDS);
  const door = createDoor(() => language.value);
  const session = ref<PhoneSession>({ is: 'starting' });
  const kept = shallowRef<KeptOrders | null>(null);
  const names = shallowRef<OrderNames | null>(null);
  const warningsKept = shallowRef<readonly Warning[]>([]);
  const allActs = shallowRef<readonly KeptAct[]>([]);
  const online = ref(true);
  const sending = ref(false);
  const now = ref(phoneNow());
  const ahead = ref(0);

  const account = (): string | null => (session.value.is === 'in' ? session.value.me.account : null);
  const serverNow = computed(() => now.value + ahead.value);
  const acts = computed(() => allActs.value.filter((a) => a.account === account()));
  const ofOthers = computed(() => {
    const counts = new Map<string, number>();
    for (const a of allActs.value)
      if (a.account !== account() && isWaiting(a)) counts.set(a.account, (counts.get(a.account) ?? 0) + 1);
    return counts;
  });
  const orders = computed(() =>
    inOrderOfNeed(
      (kept.value?.items ?? []).map((order) => {
        const expected = expectedOf(
          order,
          acts.value.filter((a) => a.order.id === order.id && isWaiting(a)),
        );
        return {
          order,
          expected,
          clock: nextClock(order, expected, serverNow.value),
          open: isForTheCrew(expected),
        };
      }),
    ),
  );

  const warnings = computed(() => {
    const unit = session.value.is === 'in' ? session.value.me.unit : null;
    const ours = warningsKept.value.flatMap((is): PhoneWarning[] => {
      const own = is.recipients.find((r) => r.unit === unit);
      return own === undefined ? [] : [{ is, confirmedAt: own.confirmedAt ?? null }];
    });
    const rank = (w: PhoneWarning): number => (w.confirmedAt === null ? 0 : 4) + w.is.level;
    return ours.sort((a, b) => rank(a) - rank(b));
  });

  watch(
    language,
    (to) => {
      localStorage.setItem(LANGUAGE_KEPT, to);
      document.documentElement.lang = to;
      document.title = say('title');
    },
    { immediate: true },
  );

  // ── what stays on the phone ───────────────────────────────────────────────────────────────────────

  const storeOr = (): PhoneStore => {
    if (store === null) throw new Error('the browser keeps nothing');
    return store;
  };
  async function readActs(): Promise<void> {
    if (store !== null) allActs.value = await store.acts();
  }
  async function keep(next: KeptOrders): Promise<void> {
    const who = account();
    if (who === null) return;
    kept.value = next;
    // A phone that is full shows them all the same. An act that it cannot keep is said where it is submitted.
    await store?.write(`orders:${who}:`, next).catch(() => undefined);
  }
  /** An answer to an act, or one of a list that was asked for before it. */
  async function learn(order: Order): Promise<void> {
    const before = kept.value;
    if (before === null) return;
    const items = before.items.map((o) => (o.id === order.id && o.revision < order.revision ? order : o));
    // The list will be asked for anew: what it was known by is not this one any more.
    await keep({ ...before, items: items.filter(isOurs), etag: null });
  }
  /** An order that is not theirs any more. What waits of it stays. */
  async function forget(who: string, id: string): Promise<void> {
    await store?.forget(`more:${who}:${id}`);
    await store?.forget(`draft:${who}:${id}:`);
  }
  function isOurs(order: Order): boolean {
    const me = session.value.is === 'in' ? session.value.me : null;
    return me === null || me.permissions.includes('picture.see') || order.unit === me.unit;
  }

  // ── the service ───────────────────────────────────────────────────────────────────────────────────

  function heard<T>(answer: Answer<T>): Answer<T> {
    ahead.value = door.serverIsAhead();
    online.value = answer.ok || !(answer.problem.status === 0 || answer.problem.code === '');
    if (!answer.ok && answer.problem.status === 401 && session.value.is === 'in')
      session.value = { is: 'out', ended: true };
    return answer;
  }

  /** Somebody else may have logged in beside us, in this very browser: nobody's acts are sent as theirs. */
  async function isStillThem(): Promise<boolean> {
    const answer = heard(await door.get<Me>('/me'));
    if (!answer.ok) return false;
    const me = answer.value;
    if (typeof me?.account !== 'string') {
      online.value = false;
      return false;
    }
    if (me.account === account() && !me.mustSetPassword && !me.mustEnrol) return true;
    await enter(me);
    return false;
  }

  async function flush(): Promise<boolean> {
    const who = account();
    if (store === null || who === null) return true;
    await readActs();
    if (!acts.value.some(isWaiting)) return true;
    sending.value = true;
    try {
      const stopped = await sendActs(acts.value, {
        upload: async (photo) => heard(await door.sendFile('/attachments', photo.type, photo.bytes)),
        act: async (act, attachments) =>
          heard(
            await door.send('POST', `/orders/${encodeURIComponent(act.order.id)}/${act.verb}`, {
              ...act.body,
              ...(attachments.length === 0 ? {} : { attachments }),
              commandId: act.commandId,
              seenRevision: act.seenRevision,
              actedAt: act.actedAt,
            }),
          ),
        put: async (act) => {
          await store.put(act);
          await readActs();
        },
        drop: async (act) => {
          await store.drop(act.n);
          allActs.value = allActs.value.filter((a) => a.n !== act.n);
        },
        done: (_act, order) => void learn(order),
      });
      return stopped === null;
    } finally {
      sending.value = false;
      await readActs();
    }
  }

  async function askForOrders(): Promise<boolean> {
    const who = account();
    if (who === null) return true;
    const answer = heard(await door.getNew<Page<Order>>('/orders?limit=500', kept.value?.etag ?? null));
    if (!answer.ok || account() !== who) return answer.ok;
    const drilled = heard(await door.get<Page<Order>>('/orders?drill=on&limit=100'));
    if (account() !== who) return true;
    const inDrill = drilled.ok && Array.isArray(drilled.value?.items) ? drilled.value.items : [];
    const at = phoneNow();
    if (answer.value === null) {
      if (kept.value === null) return true;
      const real = kept.value.items.filter((o) => o.drill === undefined);
      await keep({ ...kept.value, items: [...real, ...inDrill], at });
      return true;
    }
    const { value, etag } = answer.value;
    // A page of a hotel's network says 200 to everything.
    if (!Array.isArray(value?.items)) {
      online.value = false;
      return false;
    }
    const before = new Map((kept.value?.items ?? []).map((o) => [o.id, o]));
    // Behind what is real, each with its mark.
    const items = [...value.items, ...inDrill].map((o) => {
      const known = before.get(o.id);
      return known !== undefined && known.revision > o.revision ? known : o;
    });
    const isFirst = kept.value === null;
    await keep({ items, etag, at });
    for (const id of before.keys()) if (!items.some((o) => o.id === id)) await forget(who, id);
    // New, or urged by the desk.
    const calls = (o: Order): boolean =>
      (o.state === 'dispatched' && !before.has(o.id)) || o.urges > (before.get(o.id)?.urges ?? o.urges);
    if (!isFirst && items.some(calls)) navigator.vibrate?.([300, 150, 300]);
    for (const o of items) if (before.get(o.id)?.revision !== o.revision) await askForMore(o);
    return true;
  }

  async function askForMore(order: Order): Promise<OrderMore | null> {
    const path = `/orders/${encodeURIComponent(order.id)}`;
    const [alarms, events] = await Promise.all([
      door.get<Page<OrderAlarm>>(`${path}/alarms`),
      door.get<Page<OrderEvent>>(`${path}/events`),
    ]);
    if (!heard(alarms).ok || !heard(events).ok || !alarms.ok || !events.ok) return null;
    if (!Array.isArray(alarms.value?.items) || !Array.isArray(events.value?.items)) return null;
    const more = { revision: order.revision, alarms: alarms.value.items, events: events.value.items };
    await store?.write(`more:${account()}:${order.id}`, more).catch(() => undefined);
    return more;
  }

  async function askForWarnings(): Promise<void> {
    const me = session.value.is === 'in' ? session.value.me : null;
    if (me === null || me.unit === null || !me.permissions.includes('warning.see')) return;
    const answer = heard(await door.get<Page<Warning>>('/warnings?state=issued&limit=100'));
    if (!answer.ok || !Array.isArray(answer.value?.items) || account() !== me.account) return;
    warningsKept.value = answer.value.items;
    await store?.write(`warnings:${me.account}:`, answer.value.items).catch(() => undefined);
  }

  async function askForNames(): Promise<void> {
    const answer = heard(await door.get<OrderNames>('/order-names'));
    if (!answer.ok || !Array.isArray(answer.value?.units)) return;
    names.value = answer.value;
    await store?.write('names', answer.value).catch(() => undefined);
  }

  let underWay: Promise<void> | null = null;
  let onceMore = false;
  /** One at a time; what was asked for meanwhile is done after it. */
  function sync(): Promise<void> {
    if (underWay !== null) {
      onceMore = true;
      return underWay;
    }
    underWay = locked(syncNow).finally(() => {
      underWay = null;
      if (!onceMore) return;
      onceMore = false;
      void sync();
    });
    return underWay;
  }
  async function syncNow(): Promise<void> {
    clearTimeout(timer);
    let done = false;
    try {
      if (session.value.is === 'in') {
        done = (await isStillThem()) && (await flush()) && (await askForOrders());
        if (done) await askForWarnings();
        if (done && names.value === null) await askForNames();
      } else done = true;
    } catch {
      // The browser could not keep or find something: everything waits as it was.
    } finally {
      timer = setTimeout(() => void (document.hidden ? undefined : sync()), done ? ASK_EVERY : ASK_AGAIN);
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined;

  // ── who is here ───────────────────────────────────────────────────────────────────────────────────

  async function enter(me: Me): Promise<void> {
    if (me.mustSetPassword) session.value = { is: 'mustSetPassword' };
    else if (me.mustEnrol) session.value = { is: 'mustEnrol' };
    else {
      const { account, name, unit, permissions } = me;
      await store?.write('me', { account, name, unit, permissions });
      await store?.forget('leave');
      await comeIn({ account, name, unit, permissions });
    }
  }
  async function comeIn(me: Person): Promise<void> {
    const before = account();
    session.value = { is: 'in', me };
    if (before !== me.account) {
      kept.value = (await store?.read<KeptOrders>(`orders:${me.account}:`)) ?? null;
      warningsKept.value = (await store?.read<readonly Warning[]>(`warnings:${me.account}:`)) ?? [];
    }
    // So that the browser does not make room with it.
    void navigator.storage?.persist?.().catch(() => false);
    void sync();
  }

  async function begin(): Promise<void> {
    await readActs();
    names.value = (await store?.read<OrderNames>('names')) ?? null;
    if ((await store?.read('leave')) === true) {
      const left = heard(await door.send('DELETE', '/session'));
      if (left.ok || left.problem.status === 401) await store?.forget('leave');
      session.value = { is: 'out', ended: false };
      return;
    }
    const known = await store?.read<Person>('me');
    if (known !== undefined) {
      // Shown at once, with or without a network; whoever is unknown by now is shown the log-in by the first answer.
      await comeIn(known);
      return;
    }
    const me = heard(await door.get<Me>('/me'));
    if (me.ok && typeof me.value?.account === 'string') await enter(me.value);
    else session.value = { is: 'out', ended: false };
  }

  async function logout(): Promise<void> {
    const who = account();
    await store?.forget('me');
    await store?.forget(`orders:${who}:`);
    await store?.forget(`more:${who}:`);
    await store?.forget(`warnings:${who}:`);
    await store?.forget(`draft:${who}:`);
    // The cookie is out of our reach: without a network the service is told when there is one.
    await store?.write('leave', true);
    session.value = { is: 'out', ended: false };
    kept.value = null;
    warningsKept.value = [];
    const left = await door.send('DELETE', '/session');
    if (left.ok || left.problem.status === 401) await store?.forget('leave');
  }

  void begin().catch(() => {
    session.value = { is: 'out', ended: false };
  });
  setInterval(() => {
    now.value = phoneNow();
  }, TICK);
  addEventListener('online', () => void sync());
  document.addEventListener('visibilitychange', () => {
    now.value = phoneNow();
    if (!document.hidden) void sync();
  });

  async function keepAct(act: Parameters<PhoneStore['add']>[0]): Promise<void> {
    await storeOr().add(act);
    await readActs();
    void sync();
  }
  const draftOf = (order: string, verb: OrderVerb): string => `draft:${account()}:${order}:${verb}:`;

  return {
    language,
    say,
    session,
    keepsNothing,
    orders,
    names,
    warnings,
    acts,
    ofOthers,
    online,
    sending,
    asOf: computed(() => kept.value?.at ?? null),
    now,
    serverNow,
    sync,
    async confirmWarning({ is }) {
      const told = heard(
        await door.send('POST', `/warnings/${encodeURIComponent(is.id)}/confirm`, {
          commandId: newCommandId(crypto),
          seenRevision: is.revision,
        }),
      );
      if (!told.ok) return told.problem;
      await askForWarnings();
      return null;
    },
    async login(account, password, otp) {
      const answer = heard(
        await door.send<Me>('POST', '/session', { account, password, ...(otp === '' ? {} : { otp }) }),
      );
      if (!answer.ok) return answer.problem;
      if (typeof answer.value?.account !== 'string') return NO_ANSWER;
      await enter(answer.value);
      return null;
    },
    async setPassword(next) {
      const set = heard(await door.send('POST', '/me/password', { next }));
      if (!set.ok) return set.problem;
      const me = heard(await door.get<Me>('/me'));
      if (!me.ok) return me.problem;
      await enter(me.value);
      return null;
    },
    logout,
    act: async (order, verb, body, photos) => {
      await keepAct({
        account: account() ?? '',
        order: { id: order.id, no: order.no, title: order.title },
        verb,
        body,
        photos,
        commandId: newCommandId(crypto),
        seenRevision: order.revision,
        actedAt: new Date(phoneNow()).toISOString(),
      });
    },
    async again({ n, refused: _, ...act }) {
      const seen = kept.value?.items.find((o) => o.id === act.order.id)?.revision ?? act.seenRevision;
      await storeOr().add({ ...act, commandId: newCommandId(crypto), seenRevision: seen });
      await storeOr().drop(n);
      await readActs();
      void sync();
    },
    async putAside({ n }) {
      await storeOr().drop(n);
      await readActs();
    },
    more: async (order) =>
      (await askForMore(order)) ?? (await store?.read<OrderMore>(`more:${account()}:${order.id}`)) ?? null,
    drafts: {
      read: async (order, verb, part) => store?.read(draftOf(order, verb) + part),
      write: async (order, verb, part, what) => store?.write(draftOf(order, verb) + part, what),
      drop: async (order, verb) => store?.forget(draftOf(order, verb)),
    },
  };
}

/** Of two open pages one sends. Browsers tell only secure pages of one another; elsewhere the service knows what it has done. */
const locked = (run: () => Promise<void>): Promise<void> =>
  navigator.locks === undefined ? run() : navigator.locks.request(`lifeline-phone:${PLACE}`, run);
