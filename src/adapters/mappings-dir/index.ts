import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { MappingFile, Mappings } from '../../flow/ports/mappings.ts';
import { type FileFault, MAPPING_BYTES, readMapping } from '../../wire/mapping/read.ts';
import { type Mapping, mappingName } from '../../wire/mapping/schema.ts';

/** Files looked at: a province's worth of vendors. */
const FILES_AT_MOST = 1_000;

type Found = { readonly text: string; readonly from: MappingFile['from'] };

/** Mapping files: those that came with the release, and the installation's own, which go before them. */
export class MappingsDir implements Mappings {
  readonly #shipped: string;
  readonly #own: string;
  readonly #log: Log;
  readonly #faultsOf: (mapping: Mapping, text: string) => readonly FileFault[];
  #files = new Map<string, MappingFile>();
  #list: readonly MappingFile[] | null = null;

  /** @param o.faultsOf what is wrong with a mapping that is well formed: it names a metric that nobody has */
  constructor(o: {
    shipped: string;
    own: string;
    log: Log;
    faultsOf: (mapping: Mapping, text: string) => readonly FileFault[];
  }) {
    this.#shipped = o.shipped;
    this.#own = o.own;
    this.#log = o.log;
    this.#faultsOf = o.faultsOf;
    this.reload();
  }

  /** The same list until something in it has changed. */
  list = (): readonly MappingFile[] => {
    this.#list ??= [...this.#files.values()];
    return this.#list;
  };
  of = (name: string): MappingFile | undefined => this.#files.get(name);

  reload(): void {
    const shipped = this.#found(this.#shipped, 'shipped');
    const own = this.#found(this.#own, 'own');
    const files = new Map<string, MappingFile>();
    for (const name of [...new Set([...shipped.keys(), ...own.keys()])].sort()) {
      const file = own.get(name) ?? (shipped.get(name) as Found);
      const read = this.#read(name, file.text);
      if (read.ok) {
        files.set(name, { name, ...file, inForce: read.value, faults: [] });
        continue;
      }
      // What was in force stays so; at a start, what was shipped by that name.
      const before = this.#files.get(name)?.inForce ?? null;
      const beneath = shipped.get(name);
      const other = beneath === undefined || beneath === file ? null : this.#read(name, beneath.text);
      const inForce = before ?? (other?.ok === true ? other.value : null);
      files.set(name, { name, ...file, inForce, faults: read.error });
      this.#tell(name, file, read.error, inForce !== null);
    }
    this.#files = files;
    this.#list = null;
  }

  put(name: string, text: string): Result<MappingFile, readonly FileFault[]> {
    const read = this.#read(name, text);
    if (!read.ok) return read;
    mkdirSync(this.#own, { recursive: true, mode: 0o700 });
    const file = join(this.#own, `${name}.json`);
    writeDurably(file, text);
    const kept: MappingFile = { name, from: 'own', text, inForce: read.value, faults: [] };
    const files = new Map(this.#files).set(name, kept);
    this.#files = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#list = null;
    return ok(kept);
  }

  #read(name: string, text: string): Result<Mapping, readonly FileFault[]> {
    const read = readMapping(text);
    if (!read.ok) return read;
    const faults = [...this.#faultsOf(read.value, text)];
    if (read.value.name !== name)
      faults.unshift({
        line: 1,
        path: 'name',
        why: `its name is "${read.value.name}", its file is ${name}.json`,
      });
    return faults.length === 0 ? read : no(faults);
  }

  #found(dir: string, from: MappingFile['from']): ReadonlyMap<string, Found> {
    const found = new Map<string, Found>();
    for (const file of namesIn(dir).slice(0, FILES_AT_MOST)) {
      const name = file.slice(0, -'.json'.length);
      if (!file.endsWith('.json') || file.endsWith('.cases.json') || !mappingName.safeParse(name).success)
        continue;
      try {
        const path = join(dir, file);
        found.set(name, {
          text: statSync(path).size > MAPPING_BYTES ? '' : readFileSync(path, 'utf8'),
          from,
        });
      } catch (cause) {
        this.#log.warn('a mapping could not be read', { file: join(dir, file), cause: String(cause) });
      }
    }
    return found;
  }

  #tell(name: string, { from }: Found, faults: readonly FileFault[], isCovered: boolean): void {
    const file = join(from === 'own' ? this.#own : this.#shipped, `${name}.json`);
    this.#log.warn('a mapping has faults and is not in force', {
      file,
      faults: faults
        .slice(0, 5)
        .map((f) => `line ${f.line}: ${f.path} ${f.why}`)
        .join('; '),
      instead: isCovered ? 'the last good one of that name' : 'nothing',
    });
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}

/** Whole, or as it was. */
function writeDurably(file: string, text: string): void {
  const beside = `${file}.new`;
  const fd = openSync(beside, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, file);
  const dir = openSync(dirname(file), 'r');
  try {
    fsyncSync(dir);
  } finally {
    closeSync(dir);
  }
}
