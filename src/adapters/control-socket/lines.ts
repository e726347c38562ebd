import type { Socket } from 'node:net';
import { LINE_AT_MOST } from './protocol.ts';

/** The first line that comes over a socket; `null` when it ends, or goes on too long, before there is one. */
export function firstLine(socket: Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      if (text.length > LINE_AT_MOST) return;
      text += piece;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > LINE_AT_MOST) resolve(null);
    });
    socket.once('close', () => resolve(null));
  });
}
