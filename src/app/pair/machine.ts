import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/read.ts';
import type { Machine } from '../../flow/ports/pair/pair.ts';

const FILE = 'machine';

/**
 * Who we are beside another machine: of this data directory on this host, and the same over restarts. A directory that was copied to
 * another host is another machine there. Whoever calls it must have locked the directory: no former process of it is left.
 */
export function machineOf(config: Config, version: string): Machine {
  const file = join(config.LIFELINE_DATA_DIR, FILE);
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const id = /^[0-9a-f]{16}$/.test(kept) ? kept : randomBytes(8).toString('hex');
  if (id !== kept) writeFileSync(file, `${id}\n`, { mode: 0o600, flush: true });
  const host = hostname();
  return { id: `${host}/${id}`, name: `${host}:${config.LIFELINE_HTTP_PORT}`, version };
}
