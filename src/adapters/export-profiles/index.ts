import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportProfiles } from '../../flow/ports/answering/export-profiles.ts';
import { readExportProfile } from '../../wire/exports/export-profile.ts';
import { MAPPING_BYTES } from '../../wire/mapping/read.ts';

/** Profiles of files that are taken away: the installation's own goes before the one that came with the release. Read when it is asked for. */
export class ExportProfilesDir implements ExportProfiles {
  readonly #dirs: readonly string[];

  constructor({ shipped, own }: { readonly shipped: string; readonly own: string }) {
    this.#dirs = [own, shipped];
  }

  /** @param name letters, digits and dashes alone */
  of(name: string): ReturnType<ExportProfiles['of']> {
    const file = this.#dirs.map((dir) => join(dir, `${name}.json`)).find((f) => existsSync(f));
    if (file === undefined) return null;
    return readExportProfile(statSync(file).size > MAPPING_BYTES ? '' : readFileSync(file, 'utf8'));
  }
}
