import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { FrameReader, frameOf } from './message-frames.ts';
import type { Endpoint, OpenChannel } from './worker-channel.ts';

/** Where a worker process finds the pipe to the service. */
const PIPE = 3;
/** Of what it last said before it ended, for people. */
const LAST_WORDS = 2_000;

/**
 * A process of its own: whatever ends it, a signal out of a native library too, ends nothing else. It has
 * nothing of our configuration, and ends with us.
 *
 * @param args for Node itself
 */
export function processOf(file: URL, args: readonly string[] = []): OpenChannel {
  return (listener) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !key.startsWith('LIFELINE_') && key !== 'NODE_OPTIONS'),
    );
    const child = spawn(process.execPath, [...args, fileURLToPath(file)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env,
    });
    const pipe = child.stdio[PIPE] as Socket;
    let spawned: Error | null = null;
    let lastWords = '';
    let readable = true;
    const reader = new FrameReader();
    pipe.on('data', (piece: Buffer) => {
      if (!readable) return;
      let messages: unknown[];
      try {
        messages = reader.push(piece);
      } catch (e) {
        readable = false;
        listener.unreadable(e as Error);
        return;
      }
      for (const message of messages) listener.message(message);
    });
    // A pipe that breaks is the end of the process, which is told below.
    pipe.on('error', () => child.kill('SIGKILL'));
    child.stderr?.setEncoding('utf8').on('data', (said: string) => {
      lastWords = (lastWords + said).slice(-LAST_WORDS);
    });
    child.on('error', (e) => {
      spawned = e;
      if (child.pid === undefined) listener.ended(e);
    });
    child.on('close', (code, signal) => {
      if (child.pid === undefined) return;
      const how = spawned?.message ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
      const said = lastWords.replace(/\s+/g, ' ').trim();
      listener.ended(new Error(said === '' ? how : `${how}: ${said}`));
    });
    return {
      post: (message) => {
        for (const part of frameOf(message)) pipe.write(part);
      },
      end: () => void child.kill('SIGKILL'),
    };
  };
}

/**
 * The process's own end. A service manager or a terminal signals every process of the service: this one goes
 * on until the service lets go of it, so that it can be closed in order, and no longer.
 */
export function processEndpoint(): Endpoint {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  const pipe = new Socket({ fd: PIPE, readable: true, writable: true });
  pipe.on('error', die);
  pipe.on('close', die);
  pipe.on('end', die);
  return {
    onMessage: (hear) => {
      const reader = new FrameReader();
      pipe.on('data', (piece: Buffer) => {
        for (const message of reader.push(piece)) hear(message);
      });
    },
    post: (message) => {
      for (const part of frameOf(message)) pipe.write(part);
    },
    close: () => void pipe.end(),
  };
}
