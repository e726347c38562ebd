import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { NotDone } from '../command.ts';
import { type Home, releaseIn } from '../lifeline/home.ts';

type Said = { readonly code: number; readonly out: string; readonly err: string };

/** Another version beside ours, asked by its own program: what it knows of its data and of itself is its business. */
export class OtherVersion {
  readonly #program: string;
  readonly version: string;

  constructor(home: Home, version: string) {
    this.#program = join(releaseIn(home, version), 'bin/lifeline');
    this.version = version;
  }

  /** @param loud its progress goes to our standard error as it comes */
  run(args: readonly string[], loud = false): Said {
    const { status, stdout, stderr, error } = spawnSync(this.#program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', loud ? 'inherit' : 'pipe'],
      cwd: '/',
      maxBuffer: 16 * 1024 * 1024,
    });
    return { code: status ?? 70, out: stdout ?? '', err: error?.message ?? stderr ?? '' };
  }

  /** @throws NotDone with what it said */
  must(args: readonly string[], loud = false): string {
    const { code, out, err } = this.run(args, loud);
    if (code !== 0)
      throw new NotDone(
        `${this.version}: lifeline ${args.join(' ')}: ${(err || out).trim() || `exit ${code}`}`,
      );
    return out;
  }

  /** What it would do to this data: `newer` it cannot open. */
  formOf(dataDir: string): 'none' | 'same' | 'older' | 'newer' {
    const { code, out, err } = this.run(['migrate', '--check', '--json', '--data-dir', dataDir]);
    if (!out.startsWith('{'))
      throw new NotDone(`${this.version} cannot look at ${dataDir}: ${err.trim() || `exit ${code}`}`);
    return (JSON.parse(out) as { data: 'none' | 'same' | 'older' | 'newer' }).data;
  }
}
