import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOLDER = 'demo.pid';
const AT_MOST = 9;

/** The folder of a demo's data: `demo-data`, or where another demo that still runs has it `demo-data-2`, and so on. */
export function takePlace(below: string, keep: boolean, say: (line: string) => void): string {
  for (let n = 1; n <= AT_MOST; n++) {
    const dir = join(below, n === 1 ? 'demo-data' : `demo-data-${n}`);
    if (isHeld(dir)) {
      say(`  ${dir} 正由另一个演示使用，另取一处   (${dir} is another demo's: taking the next)`);
      continue;
    }
    rmSync(keep ? join(dir, HOLDER) : dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(join(dir, HOLDER), String(process.pid), { flag: 'wx' });
      return dir;
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
    }
  }
  throw new Error(`${AT_MOST} demos run here already: end one of them`);
}

function isHeld(dir: string): boolean {
  try {
    const pid = Number(readFileSync(join(dir, HOLDER), 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return true;
  } catch (e) {
    // It runs, and is somebody else's.
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
}
