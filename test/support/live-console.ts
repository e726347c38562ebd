import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { type LiveFrame, liveFrame } from '../../src/wire/live/live.ts';
import { same } from './edge-harness.ts';

export type FrameOf<T extends LiveFrame['type']> = Extract<LiveFrame, { type: T }>;

/** A console on the live stream, through the real client; every frame it gets is held against the schema. */
export class LiveConsole {
  readonly socket: WebSocket;
  readonly frames: LiveFrame[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push(same(liveFrame, JSON.parse(String(data))));
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
    socket.on('error', () => {});
  }

  static async join(
    url: string,
    given: { token?: string; query?: string; headers?: Record<string, string>; path?: string },
  ): Promise<LiveConsole> {
    const socket = new WebSocket(
      `${url.replace('http', 'ws')}${given.path ?? '/api/v1/live'}${given.query ?? ''}`,
      {
        headers: { ...(given.token ? { authorization: `Bearer ${given.token}` } : {}), ...given.headers },
        maxPayload: 0,
      },
    );
    const console = new LiveConsole(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_request, response) =>
        reject(new Error(String(response.statusCode))),
      );
    });
    return console;
  }

  /** Waits for frames to come until there is an answer; the test's own time limit ends it. */
  async until<T>(ask: () => T | null | undefined | false): Promise<T> {
    for (;;) {
      const answer = ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      if (this.closed !== null) throw new Error(`closed with ${this.closed.code} while waiting for ${ask}`);
      await this.change();
    }
  }

  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === null) await this.change();
    return this.closed;
  }

  of<T extends LiveFrame['type']>(type: T): FrameOf<T>[] {
    return this.frames.filter((f): f is FrameOf<T> => f.type === type);
  }

  /** What this console believes to be open, as a page would: the newest snapshot and what came after it. */
  believes(): Map<string, string> {
    let open = new Map<string, string>();
    for (const frame of this.frames) {
      if (frame.type === 'snapshot') open = new Map(frame.alarms.map((a) => [a.id, key(a)]));
      if (frame.type !== 'alarm') continue;
      if (frame.alarm.phase === 'closed') open.delete(frame.alarm.id);
      else open.set(frame.alarm.id, key(frame.alarm));
    }
    return open;
  }

  /** Deltas follow their snapshot, or each other, without gap or repetition. */
  checkOrder(after: number | null): void {
    let seq = after;
    for (const frame of this.frames) {
      if (frame.type === 'snapshot') seq = frame.seq;
      if (frame.type !== 'alarm') continue;
      expect(frame.seq).toBe((seq ?? Number.NaN) + 1);
      seq = frame.seq;
    }
  }

  get seq(): number {
    return this.frames.reduce((n, f) => (f.type === 'snapshot' || f.type === 'alarm' ? f.seq : n), -1);
  }

  leave(): void {
    this.socket.terminate();
  }
}

const key = (a: FrameOf<'alarm'>['alarm']) => `${a.revision} ${a.phase} ${a.level}`;

/** What is open in truth, in the same words. */
export const truth = (
  open: readonly { id: string; revision: number; phase: { is: string }; level: number }[],
) => new Map(open.map((a) => [a.id, `${a.revision} ${a.phase.is} ${a.level}`]));
