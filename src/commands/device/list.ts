import { wallNow } from '../../adapters/clock/index.ts';
import type { KeysLooked } from '../../adapters/device-keys/look.ts';
import { asCalled } from '../../adapters/shared/as-called.ts';

/** One line each. */
export function listText({ keys, barred }: KeysLooked): string {
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
