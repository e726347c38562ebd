import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../flow/ports/log.ts';
import type { ProfileFile, UpstreamProfiles } from '../../flow/ports/upstream/line.ts';
import { MAPPING_BYTES } from '../../wire/mapping/read.ts';
import { mappingName } from '../../wire/mapping/schema.ts';
import { readProfile } from '../../wire/upstream/profile.ts';

const FILES_AT_MOST = 200;

/** Profiles of receivers: those that came with the release, and the installation's own, which go before them. */
export class ProfilesDir implements UpstreamProfiles {
  readonly #given: { readonly shipped: string; readonly own: string; readonly log: Log };
  #files = new Map<string, ProfileFile>();

  constructor(given: { readonly shipped: string; readonly own: string; readonly log: Log }) {
    this.#given = given;
    this.reload();
  }

  list = (): readonly ProfileFile[] => [...this.#files.values()];
  of = (name: string): ProfileFile | undefined => this.#files.get(name);

  reload(): void {
    const { shipped, own } = this.#given;
    const files = new Map<string, ProfileFile>();
    for (const [dir, from] of [
      [shipped, 'shipped'],
      [own, 'own'],
    ] as const)
      for (const name of namesIn(dir).slice(0, FILES_AT_MOST)) files.set(name, this.#read(dir, name, from));
    this.#files = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #read(dir: string, name: string, from: ProfileFile['from']): ProfileFile {
    const file = join(dir, `${name}.json`);
    const text = statSync(file).size > MAPPING_BYTES ? '' : readFileSync(file, 'utf8');
    const read = readProfile(text);
    const faults = read.ok
      ? read.value.name === name
        ? []
        : [{ line: 1, path: 'name', why: `its name is "${read.value.name}", its file is ${name}.json` }]
      : read.error;
    // What was in force stays so.
    const inForce = read.ok && faults.length === 0 ? read.value : (this.#files.get(name)?.inForce ?? null);
    if (faults.length > 0)
      this.#given.log.warn('a profile of a platform above has faults and is not in force', {
        file,
        faults: faults
          .slice(0, 5)
          .map((f) => `line ${f.line}: ${f.path} ${f.why}`)
          .join('; '),
      });
    return { name, from, text, inForce, faults };
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((f) => f.endsWith('.json') && mappingName.safeParse(f.slice(0, -5)).success)
      .map((f) => f.slice(0, -5))
      .sort();
  } catch {
    return [];
  }
}
