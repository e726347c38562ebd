import type { LiveFrame } from '../../../../src/wire/live/live.ts';

/** How the console stands to the server, as the strip says it. */
export type LinkState =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  /** Connected, but nothing has come for longer than the server's ping allows. */
  | { readonly is: 'delayed'; readonly silentFor: number }
  | { readonly is: 'down'; readonly since: number };

/** The few things that a link needs of a socket: the browser's WebSocket has them. */
export type SocketLike = {
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
};

export type LinkNeeds = {
  open(path: string): SocketLike;
  now(): number;
  /** Calls back once, later; the returned function calls it off. */
  after(ms: number, then: () => void): () => void;
  /** 0 … 1, so that fifty consoles do not come back in the same instant. */
  random(): number;
  /** Where to resume: the last event taken in, and the journal it belongs to. */
  position(): { readonly epoch: string | null; readonly seq: number | null };
  onFrame(frame: LiveFrame): void;
  onState(state: LinkState): void;
  /** A connection ended before it ever spoke, or because the session did: look whether one may still be here. */
  onRefused(): void;
};

/** The server pings every 10 s; a client that has heard nothing for 25 s reconnects and says so (interfaces §4). */
export const DELAYED_AFTER = 12_000;
export const SILENT_AFTER = 25_000;
/** `LIVE_CLOSE.sessionEnded` of the wire: a script sees no HTTP status on a WebSocket. */
const SESSION_ENDED = 4401;
const RETRY_FIRST = 400;
const RETRY_MOST = 5_000;

export function retryDelay(attempt: number, random: number): number {
  const full = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** attempt);
  return full / 2 + (full / 2) * random;
}

export type Link = {
  start(): void;
  stop(): void;
  /** Points whose readings are wanted; remembered and said again after every reconnect. */
  watch(points: readonly string[]): void;
  /** The browser says that the network is back: do not wait for the next try. */
  hurry(): void;
  /** The browser says that the network is gone: do not wait for the silence. */
  lost(): void;
};

export function createLink(needs: LinkNeeds): Link {
  let socket: SocketLike | null = null;
  let heardAt = 0;
  let greeted = false;
  let attempt = 0;
  let downSince: number | null = null;
  let watched: readonly string[] = [];
  let running = false;
  let callOffRetry: (() => void) | null = null;
  let callOffCheck: (() => void) | null = null;
  let told = '';

  function tell(state: LinkState): void {
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    needs.onState(state);
  }

  function connect(): void {
    callOffRetry?.();
    callOffRetry = null;
    const { epoch, seq } = needs.position();
    const resume = epoch !== null && seq !== null ? `?after=${seq}&epoch=${encodeURIComponent(epoch)}` : '';
    greeted = false;
    heardAt = needs.now();
    const mine = needs.open(`/api/v1/live${resume}`);
    socket = mine;
    mine.onmessage = (e) => {
      if (socket === mine) hear(e.data);
    };
    mine.onclose = (e) => {
      if (socket === mine) fall(e.code);
    };
    if (downSince === null) tell({ is: 'connecting' });
    check();
  }

  function hear(data: unknown): void {
    heardAt = needs.now();
    const frame = JSON.parse(String(data)) as LiveFrame;
    if (!greeted) {
      greeted = true;
      attempt = 0;
      if (watched.length > 0) say(watched);
    }
    needs.onFrame(frame);
    downSince = null;
    tell({ is: 'live' });
  }

  /** Looks at the silence once a second: a dead network closes nothing. */
  function check(): void {
    callOffCheck?.();
    callOffCheck = needs.after(1_000, () => {
      if (socket === null) return;
      const silentFor = needs.now() - heardAt;
      if (silentFor >= SILENT_AFTER) return fall();
      if (greeted && silentFor >= DELAYED_AFTER)
        tell({ is: 'delayed', silentFor: Math.floor(silentFor / 1000) * 1000 });
      check();
    });
  }

  function fall(code?: number): void {
    drop();
    if (!running) return;
    downSince ??= needs.now();
    tell({ is: 'down', since: downSince });
    if (!greeted || code === SESSION_ENDED) needs.onRefused();
    callOffRetry?.();
    callOffRetry = needs.after(retryDelay(attempt, needs.random()), connect);
    attempt += 1;
  }

  function drop(): void {
    callOffCheck?.();
    callOffCheck = null;
    const old = socket;
    socket = null;
    old?.close();
  }

  function say(points: readonly string[]): void {
    socket?.send(JSON.stringify({ type: 'watch', points }));
  }

  return {
    start() {
      running = true;
      connect();
    },
    stop() {
      running = false;
      callOffRetry?.();
      callOffRetry = null;
      drop();
      downSince = null;
      attempt = 0;
      told = '';
    },
    watch(points) {
      if (points.length === watched.length && points.every((p, i) => p === watched[i])) return;
      watched = points;
      if (greeted && socket !== null) say(points);
    },
    hurry() {
      if (running && socket === null) {
        attempt = 0;
        connect();
      }
    },
    lost() {
      if (running && socket !== null) fall();
    },
  };
}
