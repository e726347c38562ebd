import type { LiveFrame } from '../../../../src/wire/live/live.ts';

/** How the console stands to the server, as the strip says it. */
export type LinkState =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  /** Connected, but nothing has come for longer than the pings allow. */
  | { readonly is: 'delayed'; readonly silentFor: number }
  /** Nothing reaches us, since when by the clock of `now()`. */
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

/** Asked of the server, in seconds; one that knows of it says so in its greeting (interfaces §4). */
const PING_EVERY = 1;
/**
 * How long nothing may come until the link is called delayed, until it is called down, and until the connection is
 * given up for another. Down comes first: a network that swallows packets for a while gives them back on the same
 * connection.
 */
type Patience = { readonly delayed: number; readonly down: number; readonly givenUp: number };
/** A server pings every 10 s to whom it does not know to ask for more. */
const USUAL: Patience = { delayed: 12_000, down: 25_000, givenUp: 25_000 };
const CLOSE: Patience = { delayed: 2_000, down: 3_000, givenUp: 6_000 };
/** A connection that has not spoken yet; opening one may take as long. */
const UNGREETED: Patience = { delayed: 10_000, down: 10_000, givenUp: 10_000 };
/** How often the silence is looked at. */
const LOOK_EVERY = 250;
/** A look that comes so much later than it should says that this page stood still: what came meanwhile is heard first. */
const LATE = 250;
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
  let patience = USUAL;
  /** This page stood still at the last look. */
  let stood = false;

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
    const resume = epoch !== null && seq !== null ? `&after=${seq}&epoch=${encodeURIComponent(epoch)}` : '';
    greeted = false;
    patience = UNGREETED;
    heardAt = needs.now();
    const mine = needs.open(`/api/v1/live?pingEvery=${PING_EVERY}&drill=on${resume}`);
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
      patience = frame.type === 'hello' && frame.pingEvery === PING_EVERY ? CLOSE : USUAL;
      if (watched.length > 0) say(watched);
    }
    needs.onFrame(frame);
    downSince = null;
    tell({ is: 'live' });
  }

  /** Looks at the silence again and again: a dead network closes nothing. */
  function check(): void {
    callOffCheck?.();
    const due = needs.now() + LOOK_EVERY;
    callOffCheck = needs.after(LOOK_EVERY, () => {
      if (socket === null) return;
      stood = !stood && needs.now() > due + LATE;
      if (!stood && !lookAtSilence(needs.now() - heardAt)) return;
      check();
    });
  }

  /** @returns false when the connection was given up */
  function lookAtSilence(silentFor: number): boolean {
    if (silentFor >= patience.givenUp) {
      fall();
      return false;
    }
    if (!greeted) return true;
    if (silentFor >= patience.down) {
      downSince ??= heardAt;
      tell({ is: 'down', since: downSince });
    } else if (silentFor >= patience.delayed)
      tell({ is: 'delayed', silentFor: Math.floor(silentFor / 1000) * 1000 });
    return true;
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
