import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'control.sock';

/**
 * The socket's path, in a form that is short enough whatever the directory: a socket's address has room for
 * 107 bytes, and Linux lets a directory be named by its descriptor. Let go of it when the socket is closed.
 */
export function socketPlace(dir: string): { readonly path: string; letGo(): void } {
  if (process.platform !== 'linux') return { path: join(dir, NAME), letGo: () => undefined };
  const fd = openSync(dir, 'r');
  return { path: `/proc/self/fd/${fd}/${NAME}`, letGo: () => closeSync(fd) };
}
