import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wallNow } from '../../adapters/clock/index.ts';
import { lookAtKeys } from '../../adapters/device-keys/look.ts';
import { asCalled } from '../../adapters/shared/as-called.ts';

/** What the file has, whether or not a service is running: one line each, without what secrets were kept as. */
export async function listText(dataDir: string): Promise<string> {
  const file = join(dataDir, 'devices.db');
  if (!existsSync(file)) return EMPTY;
  const { keys, barred } = lookAtKeys(file);
  if (keys.length === 0 && barred.length === 0) return EMPTY;
  const now = wallNow();
  const lines = [
    ...keys
      .filter((k) => k.until === null || k.until > now)
      .map((k) =>
        line(
          k.holder,
          k.issuedAt,
          k.until === null ? '有效 good' : `有效至 good until ${iso(k.until)}`,
          (k.areas ?? []).join(','),
        ),
      ),
    ...barred.map((b) => line(b.holder, b.at, '已吊销 revoked', '')),
  ];
  return `${lines.sort().join('\n')}\n`;
}

const EMPTY = asCalled('还没有凭据 · no credential yet: lifeline device add CODE issues one\n');

const iso = (at: number): string => new Date(at).toISOString();
const line = (...[holder, at, state, areas]: [string, number, string, string]): string =>
  `${holder.padEnd(24)} ${iso(at)}  ${state}${areas === '' ? '' : `  ${areas}`}`;
