import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, NotDone } from '../command.ts';
import type { Home } from '../lifeline/home.ts';
import type { Keeper } from './keeper.ts';
import { useVersion, versionInUse } from './link.ts';
import { OtherVersion } from './other.ts';
import { endRecord, putBack, restoredIn, type UpgradeRecord, writeRecord } from './record.ts';
import type { TellStep } from './tell.ts';

export type Switching = {
  readonly home: Home;
  readonly to: string;
  readonly dataDir: string;
  readonly keeper: Keeper;
  /** Seconds that the new version has to become ready. */
  readonly within: number;
  readonly tell: TellStep;
};

/** Seconds. Whoever gives a new version little time does not mean the one that has to watch again. */
const BACK_WITHIN = 300;
/** Seconds. Nobody watches while a version is waited for that ended long ago. */
const LOOK_AFTER = 3;

/**
 * Puts another version that lies beside ours in use: backup, stop, link, migration, start, ready. When the new one does
 * not become ready, the old one is put back, with the data as it was where the new one had changed its form.
 *
 * @throws NotDone in both cases of failure, with what is in use now
 */
export async function switchTo(s: Switching): Promise<void> {
  const { home, to, dataDir, keeper, tell } = s;
  const old = new OtherVersion(home, versionInUse(home));
  const next = new OtherVersion(home, to);
  const says = next.must(['version']).trim();
  if (says !== to) throw new NotDone(`${to} says of itself that it is ${says}`);
  next.must(['config', 'check']);
  const form = next.formOf(dataDir);
  if (form === 'newer')
    throw new NotDone(
      `the data is of a newer version than ${to}, which cannot open it: lifeline rollback puts back the version and the backup before the last upgrade`,
    );
  const migrates = form === 'older';
  const wasRunning = keeper.isRunning();
  // What changes its form is copied when nothing is added any more; else beside the service, which goes on meanwhile.
  let backup = migrates || form === 'none' ? null : backUp(s, old);
  if (wasRunning) {
    tell('stopping the service');
    await keeper.stop();
  }
  try {
    if (migrates) backup = backUp(s, old);
    writeRecord(home, { from: old.version, to, dataDir, backup, migrates, step: 'switching' });
    tell(`${old.version} → ${to}`);
    useVersion(home, to);
  } catch (cause) {
    endRecord(home, false);
    if (wasRunning) await startAndWait(s, old);
    throw cause;
  }
  try {
    if (migrates) {
      tell('migrating the data');
      next.must(['migrate', '--data-dir', dataDir], true);
    }
    if (wasRunning) await startAndWait(s, next);
    else tell('the service was stopped, and stays so: lifeline start starts it');
    endRecord(home, true);
  } catch (cause) {
    await goBack(s, { from: old.version, to, dataDir, backup, migrates, step: 'putting-back' }, wasRunning);
    throw new NotDone(
      `${(cause as Error).message}\n${old.version} is in use again, and nothing is lost`,
      cause,
    );
  }
}

async function startAndWait(
  { keeper, within, dataDir, tell }: Switching,
  version: OtherVersion,
): Promise<void> {
  tell(`starting ${version.version}`);
  keeper.start();
  for (let left = within; ; left -= LOOK_AFTER) {
    const wait = String(Math.min(left, LOOK_AFTER));
    const { code, out, err } = version.run(['wait-ready', '--within', wait, '--data-dir', dataDir]);
    if (code === 0) return tell(out.trim());
    const hasEnded = keeper.hasGivenUp();
    if (code === EXIT.failed && !hasEnded && left > LOOK_AFTER) continue;
    const why = hasEnded ? 'it has ended by itself' : err.trim().split('\n')[0];
    throw new NotDone(`${version.version} did not become ready: ${why}\n${keeper.lastWords().trim()}`);
  }
}

async function goBack(s: Switching, record: UpgradeRecord, start: boolean): Promise<void> {
  const { home, keeper, tell } = s;
  tell(`going back to ${record.from}`);
  await keeper.stop();
  const old = new OtherVersion(home, record.from);
  if (record.migrates && record.backup !== null) await bringBack(old, record.backup, record.dataDir, tell);
  writeRecord(home, record);
  putBack(home, record);
  if (start) await startAndWait({ ...s, within: Math.max(s.within, BACK_WITHIN) }, old);
}

/** Brings a backup beside the data, whole, as its owner has it; `putBack` changes their places. */
export async function bringBack(
  old: OtherVersion,
  backup: string,
  dataDir: string,
  tell: TellStep,
): Promise<void> {
  const restored = restoredIn(dataDir);
  rmSync(restored, { recursive: true, force: true });
  mkdirSync(restored, { mode: 0o700 });
  const { uid, gid } = statSync(dataDir);
  await chown(restored, uid, gid);
  tell(`bringing back ${backup}`);
  old.must(['restore', '--from', backup, '--data-dir', restored], true);
}

/** @returns where it lies */
function backUp({ dataDir, to, tell }: Switching, old: OtherVersion): string {
  const folder = join(dirname(dataDir), 'backups');
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 });
  }
  for (let n = 1; ; n++) {
    const place = join(folder, `before-${to}${n === 1 ? '' : `-${n}`}`);
    if (existsSync(place)) continue;
    // One that was killed left what it had; nobody else makes one of this name.
    rmSync(`${place}.partial`, { recursive: true, force: true });
    tell(`backup to ${place}`);
    old.must(['backup', '--to', place, '--data-dir', dataDir, '--with-secrets'], true);
    return place;
  }
}
