import type { Transferable } from 'node:worker_threads';

/** The way to a worker, be it a thread or a process: whole messages, in order. */
export type Channel = {
  /** Throws where the message cannot be sent as it is; then nothing of it was. */
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Ends the worker at once, whatever it is doing. Safe to repeat. */
  end(): void;
};

export type ChannelListener = {
  message(message: unknown): void;
  /** A message came and cannot be read: which request it answered is not known. */
  unreadable(why: Error): void;
  /** Called once, after the last message: nothing comes any more. */
  ended(why: Error): void;
};

export type OpenChannel = (listener: ChannelListener) => Channel;

/** Of a worker: requests come in, answers go out. */
export type Endpoint = {
  onMessage(hear: (message: unknown) => void): void;
  /** Throws where the message cannot be sent as it is. */
  post(message: unknown): void;
  /** After what was posted has gone out. */
  close(): void;
};
