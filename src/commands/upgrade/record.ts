import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isLocked } from '../../adapters/shared/directory-lock.ts';
import type { Home } from '../lifeline/home.ts';
import { flushFolder, useVersion, versionInUse, writeWhole } from './link.ts';

/** What an upgrade is about to do, written before it does it: whoever comes after a kill finds the way from here. */
export type UpgradeRecord = {
  readonly from: string;
  readonly to: string;
  readonly dataDir: string;
  /** The backup made for it, and whether the data was of an older form, which the version before cannot open. */
  readonly backup: string | null;
  readonly migrates: boolean;
  /** `putting-back`: the data as it was lies whole in `restoredIn`, and takes its place. */
  readonly step: 'switching' | 'putting-back';
};

const FILE = 'upgrade.json';
const LAST = 'last-upgrade.json';

const read = (file: string): UpgradeRecord | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as UpgradeRecord) : null;

export const recordIn = (home: Home): UpgradeRecord | null => read(join(home.dir, FILE));
/** Of the upgrade that led to the version in use: what a rollback goes by. */
export const lastUpgrade = (home: Home): UpgradeRecord | null => read(join(home.dir, LAST));

export const writeRecord = (home: Home, record: UpgradeRecord): void =>
  writeWhole(join(home.dir, FILE), `${JSON.stringify(record, null, 2)}\n`);

/** It has come to its end: of one that succeeded the record is kept. */
export function endRecord(home: Home, succeeded: boolean): void {
  if (succeeded) renameSync(join(home.dir, FILE), join(home.dir, LAST));
  else rmSync(join(home.dir, FILE), { force: true });
  flushFolder(home.dir);
}

export const restoredIn = (dataDir: string): string => `${dataDir}.restored`;
export const asideOf = ({ dataDir, to }: UpgradeRecord): string => `${dataDir}.of-${to}`;

/**
 * Makes whole what an upgrade left that was ended in the middle. Until the link is changed all is as it was; from then
 * on the new version goes on, and brings the data to its form at its start as far as that was not done; what was being
 * put back is put back.
 *
 * @returns what was done, for people; null: nothing was left, or whoever began it is still at it
 */
export function settle(home: Home): string | null {
  if (isLocked(home.dir)) return null;
  const record = recordIn(home);
  if (record === null) return null;
  if (record.step === 'putting-back') {
    putBack(home, record);
    return `an upgrade to ${record.to} had failed and was being taken back: ${record.from} and its data are in place`;
  }
  rmSync(restoredIn(record.dataDir), { recursive: true, force: true });
  const now = versionInUse(home);
  endRecord(home, now === record.to);
  return `an upgrade from ${record.from} to ${record.to} was ended in the middle: ${now} is in use, with all data`;
}

/** Each step leaves what the next needs: a kill between any two is made whole by running it again. */
export function putBack(home: Home, record: UpgradeRecord): void {
  const restored = restoredIn(record.dataDir);
  if (existsSync(restored)) {
    if (existsSync(record.dataDir)) {
      rmSync(asideOf(record), { recursive: true, force: true });
      renameSync(record.dataDir, asideOf(record));
    }
    renameSync(restored, record.dataDir);
  }
  useVersion(home, record.from);
  endRecord(home, false);
}
