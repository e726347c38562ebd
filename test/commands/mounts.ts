import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives `use` a small file system of its own, and takes it away again. */
export async function mounted(
  type: 'tmpfs',
  options: string,
  use: (at: string) => Promise<void>,
): Promise<void> {
  const at = mkdtempSync(join(tmpdir(), 'mounted-'));
  execFileSync('mount', ['-t', type, '-o', options, type, at], { stdio: 'pipe' });
  try {
    await use(at);
  } finally {
    execFileSync('umount', [at], { stdio: 'pipe' });
    rmSync(at, { recursive: true });
  }
}

/** Root, and let by the kernel. */
export const canMount = await mounted('tmpfs', 'size=4k', async () => undefined).then(
  () => true,
  () => false,
);
