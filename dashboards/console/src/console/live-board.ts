import { computed, type Ref, ref, shallowRef } from 'vue';
import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { LiveFrame } from '../../../../src/wire/live/live.ts';
import type { DeviceCommand, Order } from '../api/answers.ts';
import { createLink, type Link, type LinkState, type SocketLike } from '../api/live.ts';
import { addressOf } from '../api/place.ts';
import {
  type Board,
  type BoardFrame,
  EMPTY_BOARD,
  fold,
  learn,
  learnOrder,
  type News,
} from '../state/board.ts';
import { type Follows, followsOf, type ResponseFrame } from '../state/response-board.ts';
import type { Signals } from '../state/rule-number.ts';
import { keepOnly, type LiveReading, type LiveValues, takeReadings } from '../state/values.ts';
import type { Clock } from './clock.ts';

/** The open alarms, kept in step with the server. */
export type LiveBoard = {
  readonly board: Ref<Board>;
  /** Warnings and incidents that are under way, by the alarms that they rest on. */
  readonly follows: Readonly<Ref<ReadonlyMap<string, Follows>>>;
  readonly values: Ref<LiveValues>;
  /** Numbers of rules, by alarm, of the points that are watched. */
  readonly signals: Ref<Signals>;
  readonly link: Ref<LinkState>;
  /** 系统自检失败: what is shown may lack alarms, as the server itself finds. */
  readonly selfCheckFails: Ref<boolean>;
  /** When the server was last heard; `null` before the first word. */
  readonly heardAt: Ref<number | null>;
  start(): void;
  stop(): void;
  watch(points: readonly string[]): void;
  /** What the answer to an action already tells. */
  learn(alarm: AlarmJson): void;
  learnOrder(order: Order): void;
  onNews(listener: (news: readonly News[]) => void): void;
  /** Something has become of a message that is told to somebody. */
  onNotice(listener: () => void): void;
  /** Something has become of an order, a warning or an incident. @returns stop listening */
  onResponse(listener: (frame: ResponseFrame) => void): () => void;
  /** What has become of a command to a device; and `null` when words may have been missed. @returns stop listening */
  onCommand(listener: (command: DeviceCommand | null) => void): () => void;
  /** @returns stop listening */
  onReadings(listener: (items: readonly LiveReading[]) => void): () => void;
};

/** Scrolling changes what is seen many times a second; the server counts what a console says. */
const WATCH_AFTER = 250;

/** A storm of events is folded in gulps: sorting five thousand rows for each one would stop the page. */
const GULP = 16;

export function createLiveBoard(clock: Clock, onRefused: () => void): LiveBoard {
  const board = shallowRef<Board>(EMPTY_BOARD);
  // Another alarm leaves them as they are: then nothing is reckoned anew.
  const warnings = computed(() => board.value.warnings);
  const incidents = computed(() => board.value.incidents);
  const follows = computed(() => followsOf(warnings.value, incidents.value));
  const values = shallowRef<LiveValues>(new Map());
  const signals = shallowRef<Signals>(new Map());
  const link = ref<LinkState>({ is: 'connecting' });
  const selfCheckFails = ref(false);
  const heardAt = ref<number | null>(null);
  const newsListeners: ((news: readonly News[]) => void)[] = [];
  const noticeListeners: (() => void)[] = [];
  const responseListeners = new Set<(frame: ResponseFrame) => void>();
  const readingsListeners = new Set<(items: readonly LiveReading[]) => void>();
  const commandListeners = new Set<(command: DeviceCommand | null) => void>();
  let waiting: BoardFrame[] = [];
  let scheduled = false;
  let watchSoon: ReturnType<typeof setTimeout> | undefined;

  function swallow(): void {
    scheduled = false;
    const frames = waiting;
    waiting = [];
    const { board: next, news } = fold(board.value, frames);
    board.value = next;
    if (news.length > 0) for (const tell of newsListeners) tell(news);
  }

  function take(frame: LiveFrame): void {
    heardAt.value = clock.read();
    switch (frame.type) {
      case 'hello':
        clock.set(frame.serverTime);
        // Said anew to each connection, where it still fails.
        selfCheckFails.value = false;
        for (const tell of commandListeners) tell(null);
        waiting.push(frame);
        break;
      case 'snapshot':
      case 'drill':
      case 'alarm':
        waiting.push(frame);
        break;
      case 'order':
      case 'warning':
      case 'incident':
        waiting.push(frame);
        for (const tell of responseListeners) tell(frame);
        break;
      // Asked for by whoever shows it; nothing on the board changes.
      case 'handover':
      case 'report':
        for (const tell of responseListeners) tell(frame);
        return;
      case 'readings':
        values.value = takeReadings(values.value, frame.items);
        for (const tell of readingsListeners) tell(frame.items);
        return;
      case 'signals':
        signals.value = new Map([
          ...signals.value,
          ...frame.items.map(({ alarmId, ...s }) => [alarmId, s] as const),
        ]);
        return;
      case 'selfCheck':
        selfCheckFails.value = frame.failing;
        return;
      // Its own reckoning (state/flood.ts) goes by what is unacknowledged; nothing on the screen needs this one yet.
      case 'floods':
        return;
      case 'resync':
        for (const tell of commandListeners) tell(null);
        return;
      case 'deviceCommand':
        for (const tell of commandListeners) tell(frame.command);
        return;
      // What did not arrive is asked for anew (console/reach.ts), with everything else that nobody hears of.
      case 'notice':
        for (const tell of noticeListeners) tell();
        return;
      case 'ping':
        clock.correct(frame.serverTime);
        return;
    }
    // Behind another window a browser lets timers wait for a minute; the sound must not.
    if (document.hidden) {
      swallow();
      return;
    }
    if (scheduled) return;
    scheduled = true;
    setTimeout(swallow, GULP);
  }

  const wire: Link = createLink({
    open(path) {
      const url = new URL(addressOf(path), location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return quiet(new WebSocket(url));
    },
    now: clock.elapsed,
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    position: () => {
      // What waits to be swallowed counts as taken in, or a quick reconnect would ask for it twice.
      if (waiting.length > 0) swallow();
      return board.value;
    },
    onFrame: take,
    onState: (state) => {
      // Said by the time of the day, and kept by a clock that is never set.
      link.value =
        state.is === 'down' ? { is: 'down', since: clock.read() - (clock.elapsed() - state.since) } : state;
    },
    onRefused,
  });
  addEventListener('online', () => wire.hurry());
  addEventListener('offline', () => wire.lost());

  return {
    board,
    follows,
    values,
    signals,
    link,
    selfCheckFails,
    heardAt,
    start: () => wire.start(),
    stop() {
      wire.stop();
      waiting = [];
      board.value = EMPTY_BOARD;
      values.value = new Map();
      signals.value = new Map();
      link.value = { is: 'connecting' };
    },
    watch(points) {
      clearTimeout(watchSoon);
      watchSoon = setTimeout(() => {
        values.value = keepOnly(values.value, new Set(points));
        // Told anew of what is watched now; alarms keep what they came with.
        signals.value = new Map([...signals.value].filter(([id]) => board.value.open.has(id)));
        wire.watch(points);
      }, WATCH_AFTER);
    },
    learn(alarm) {
      board.value = learn(board.value, alarm);
    },
    learnOrder(order) {
      board.value = learnOrder(board.value, order);
    },
    onNews: (listener) => newsListeners.push(listener),
    onNotice: (listener) => noticeListeners.push(listener),
    onResponse(listener) {
      responseListeners.add(listener);
      return () => responseListeners.delete(listener);
    },
    onCommand(listener) {
      commandListeners.add(listener);
      return () => commandListeners.delete(listener);
    },
    onReadings(listener) {
      readingsListeners.add(listener);
      return () => readingsListeners.delete(listener);
    },
  };
}

/** A browser's socket throws when it is spoken to before it is open: such words are said again after the greeting. */
function quiet(ws: WebSocket): SocketLike {
  const socket: SocketLike = {
    onmessage: null,
    onclose: null,
    send: (text) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(text);
    },
    close: () => ws.close(),
  };
  ws.onmessage = (e) => socket.onmessage?.(e);
  ws.onclose = (e) => socket.onclose?.(e);
  return socket;
}
