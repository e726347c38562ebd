import { computed, type InjectionKey, inject, type Ref, ref, shallowRef, watch } from 'vue';
import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Me, Order } from '../api/answers.ts';
import { type Answer, type Api, createApi, type PointCount } from '../api/http.ts';
import { type Problem, sayProblem } from '../api/problem.ts';
import { type Key, type Language, type Say, sayIn } from '../i18n/translate.ts';
import { seesTheCity } from '../session/screens-for.ts';
import { takeWallToken } from '../session/wall-token.ts';
import { type Catalog, catalogOf } from '../state/catalog.ts';
import { SHIFT_PLANS, type ShiftPlan, shiftAt } from '../state/shift.ts';
import { levelToSound } from '../state/sounding.ts';
import { byAlarm } from '../state/things.ts';
import { arrange } from '../state/view.ts';
import { type Actions, createActions } from './actions.ts';
import { type Areas, createAreas } from './areas.ts';
import { type Clock, createClock } from './clock.ts';
import type { DeskNotices } from './desk-notices.ts';
import { deskNoticesHere } from './desk-notices-here.ts';
import { createLiveBoard, type LiveBoard } from './live-board.ts';
import { createOrderNames, type OrderNameBook } from './order-names.ts';
import { createPointRules, type PointRules } from './point-rules.ts';
import { createReach, type Reach } from './reach.ts';
import { createScale, type Scale } from './scale.ts';
import { createSound, type Sound } from './sound.ts';
import { createSparks, type Sparks } from './sparks.ts';
import { createTheme, type Theme } from './theme.ts';
import { createToasts, type Toasts } from './toasts.ts';

export type Session =
  | { readonly is: 'starting' }
  | { readonly is: 'out'; readonly why: Key | null }
  | { readonly is: 'mustSetPassword'; readonly me: Me }
  | { readonly is: 'mustEnrol'; readonly me: Me }
  | { readonly is: 'in'; readonly me: Me };

/** Everything the screens share. */
export type Console = {
  readonly api: Api;
  readonly clock: Clock;
  readonly live: LiveBoard;
  readonly sound: Sound;
  readonly sparks: Sparks;
  readonly pointRules: PointRules;
  readonly areas: Areas;
  readonly orderNames: OrderNameBook;
  readonly toasts: Toasts;
  readonly reach: Reach;
  readonly deskNotices: DeskNotices;
  readonly actions: Actions;
  readonly session: Ref<Session>;
  readonly theme: Theme;
  readonly scale: Scale;
  readonly language: Ref<Language>;
  /** The common words; a screen with words of its own takes `useWords`. It follows the language by itself. */
  readonly say: Say;
  readonly catalog: Ref<Catalog>;
  /** Keys of the packs, in their order. */
  readonly lifelines: Ref<readonly string[]>;
  /** `null` until asked. */
  readonly pointCount: Ref<PointCount | null>;
  /** When shifts change here; kept per workstation. */
  readonly shiftPlan: Ref<ShiftPlan>;
  readonly shift: Ref<{ readonly start: number; readonly end: number; readonly nextEnd: number }>;
  readonly shown: Ref<readonly AlarmJson[]>;
  readonly hidden: Ref<readonly AlarmJson[]>;
  /** Open orders 工单 by the alarms that they are about. */
  readonly ordersOf: Ref<ReadonlyMap<string, readonly Order[]>>;
  /** False for who administers and sees no alarms. */
  readonly sees: Ref<boolean>;
  /** True while what is on the screen is true: actions are only for then. */
  readonly connected: Ref<boolean>;
  /** @returns why not; `null`: they are in */
  login(account: string, password: string, otp?: string): Promise<Problem | null>;
  /** Asks again who this is and what they must still do. */
  refreshMe(): Promise<void>;
  setPassword(password: string): Promise<string | null>;
  logout(): Promise<void>;
};

const KEY: InjectionKey<Console> = Symbol('console');
export const CONSOLE = KEY;

export function useConsole(): Console {
  const c = inject(KEY);
  if (!c) throw new Error('useConsole: no console was provided above this component');
  return c;
}

const LANGUAGE_KEPT = 'lifeline.language';
const SHIFT_KEPT = 'lifeline.shift';

export function createConsole(): Console {
  const wallToken = () =>
    takeWallToken(location, (address) => history.replaceState(history.state, '', address));
  let wall = wallToken();
  // Typed into the address of a page that is open already: the browser then loads nothing anew.
  addEventListener('hashchange', () => {
    const typed = wallToken();
    if (typed.token === null || session.value.is === 'in') return;
    wall = typed;
    session.value = { is: 'starting' };
    void checkSession();
  });
  const language = ref<Language>(localStorage.getItem(LANGUAGE_KEPT) === 'en' ? 'en' : 'zh-CN');
  const say = sayIn(() => language.value, {});
  const theme = createTheme();
  const scale = createScale();
  const api = createApi(() => language.value);
  const clock = createClock();
  const toasts = createToasts();
  const reach = createReach(api);
  const session = ref<Session>({ is: 'starting' });
  const catalog = shallowRef<Catalog>(catalogOf([]));
  const lifelines = shallowRef<readonly string[]>([]);
  const pointCount = ref<PointCount | null>(null);

  const shiftPlan = ref<ShiftPlan>(SHIFT_PLANS.find((p) => p === localStorage.getItem(SHIFT_KEPT)) ?? '8-20');
  const minute = computed(() => Math.floor(clock.now.value / 60_000) * 60_000);
  const shift = computed(() => shiftAt(minute.value, shiftPlan.value));
  watch(shiftPlan, (plan) => localStorage.setItem(SHIFT_KEPT, plan));

  const live = createLiveBoard(clock, () => void checkSession());
  const arranged = computed(() => arrange(live.board.value.open.values()));
  const shown = computed(() => arranged.value.shown);
  const hidden = computed(() => arranged.value.hidden);
  const openOrders = computed(() => live.board.value.orders.open);
  const ordersOf = computed(() => byAlarm(openOrders.value.values()));
  // Who sees no alarms has no live link that could be down: what they ask for is answered, or refused in words.
  const sees = computed(() => session.value.is !== 'in' || seesTheCity(session.value.me));
  const connected = computed(
    () => !sees.value || live.link.value.is === 'live' || live.link.value.is === 'delayed',
  );
  const sound = createSound(
    {
      level: computed(() => levelToSound(shown.value)),
      drill: computed(() => levelToSound(live.board.value.drills.alarms.values()) !== null),
      // Nobody is told of anything here: the link is gone, or the session has ended under somebody's hands.
      warning: computed(() =>
        session.value.is === 'out'
          ? session.value.why === 'login.expired'
          : sees.value && live.link.value.is === 'down',
      ),
    },
    clock,
  );
  live.onNotice(reach.soon);
  live.onNews((news) => {
    sound.hear(news);
    reach.soon();
  });
  const deskNotices = deskNoticesHere({ live, sound, shown, language, say });
  watch(connected, (is) => {
    if (is) toasts.linkIsBack();
  });

  const actions = createActions({
    api,
    say,
    now: clock.read,
    connected: () => connected.value,
    learn: live.learn,
    known: (id) =>
      live.board.value.open.get(id) ??
      live.board.value.drills.alarms.get(id) ??
      live.board.value.closed.find((a) => a.id === id),
    onExpired: () => leave('login.expired'),
  });

  watch(
    language,
    (to) => {
      localStorage.setItem(LANGUAGE_KEPT, to);
      document.documentElement.lang = to;
    },
    { immediate: true },
  );
  watch(
    () => `${unackedMark()}${say('app.title')}`,
    (title) => {
      document.title = title;
    },
    { immediate: true },
  );

  function unackedMark(): string {
    const n = shown.value.filter((a) => a.phase.endsWith('-unacked')).length;
    return session.value.is === 'in' && n > 0 ? `(${n}) ` : '';
  }

  function enter(me: Me): void {
    if (me.mustSetPassword === true) {
      session.value = { is: 'mustSetPassword', me };
      return;
    }
    if (me.mustEnrol === true) {
      session.value = { is: 'mustEnrol', me };
      return;
    }
    session.value = { is: 'in', me };
    if (me.permissions.includes('notice.see')) reach.start();
    if (!seesTheCity(me)) return;
    live.start();
    deskNotices.start();
    void readCatalog();
    void countPoints();
  }

  function leave(why: Key | null): void {
    live.stop();
    reach.stop();
    deskNotices.stop();
    sound.stop();
    session.value = { is: 'out', why };
  }

  async function checkSession(): Promise<void> {
    const me = await askWho();
    if (me.ok) {
      if (session.value.is === 'starting') enter(me.value);
      return;
    }
    if (me.problem.status === 401) leave(session.value.is === 'starting' ? whyOut() : 'login.expired');
    else if (session.value.is === 'starting') setTimeout(() => void checkSession(), 2_000);
  }

  /** A wall that is nobody, or whose cookie has ended, shows its token; a person who is here stays. */
  async function askWho(): Promise<Answer<Me>> {
    const me = await api.me();
    if (me.ok || me.problem.status !== 401 || wall.token === null) return me;
    return api.openWall(wall.token);
  }

  function whyOut(): Key | null {
    if (wall.inQuery) return 'login.tokenInQuery';
    return wall.token === null ? null : 'login.tokenRefused';
  }

  async function refreshMe(): Promise<void> {
    const me = await api.me();
    if (me.ok) enter(me.value);
    else leave(null);
  }

  async function readCatalog(): Promise<void> {
    const packs = await api.lifelines();
    if (packs.ok) {
      catalog.value = catalogOf(packs.value);
      lifelines.value = packs.value.map((p) => p.key);
    } else if (session.value.is === 'in') setTimeout(() => void readCatalog(), 5_000);
  }

  /** Again and again while there is none: the first device's arrival should be seen without a reload. */
  async function countPoints(): Promise<void> {
    if (session.value.is !== 'in') return;
    const count = await api.pointCount();
    if (count.ok) pointCount.value = count.value;
    if (pointCount.value === null || pointCount.value.n === 0) setTimeout(() => void countPoints(), 5_000);
  }

  void checkSession();

  return {
    api,
    clock,
    live,
    sound,
    sparks: createSparks(api, clock.read),
    pointRules: createPointRules(api, () => catalog.value),
    areas: createAreas(api, clock.read),
    orderNames: createOrderNames(api, clock.elapsed),
    toasts,
    reach,
    deskNotices,
    actions,
    session,
    theme,
    scale,
    shiftPlan,
    shift,
    language,
    say,
    catalog,
    lifelines,
    pointCount,
    shown,
    hidden,
    ordersOf,
    connected,
    sees,
    async login(account, password, otp) {
      const answer = await api.login(account, password, otp);
      if (!answer.ok) return answer.problem;
      enter(answer.value);
      return null;
    },
    refreshMe,
    async setPassword(password) {
      const answer = await api.setPassword(password);
      if (!answer.ok) return sayProblem(answer.problem, say);
      await refreshMe();
      return null;
    },
    async logout() {
      await api.logout();
      sound.warnOnce();
      leave('login.loggedOut');
    },
  };
}
