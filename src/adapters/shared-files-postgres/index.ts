import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Duration, seconds } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Database, Statement } from '../postgres/database.ts';
import { DatabaseLine } from '../postgres/line.ts';
import { bringUp, type Form } from '../postgres/schema.ts';

/** `text` is null where the file was deleted: the other machine deletes it as well. */
const FORM: Form = {
  name: 'shared_files',
  migrations: ['CREATE TABLE shared_file (path text PRIMARY KEY, sha256 text NOT NULL, text text)'],
};
/** Advisory lock of whoever writes it: "LLsf". */
const LOCK = 0x4c4c7366;
const LOOK_EVERY: Duration = seconds(5);
/** Larger ones are nobody's we know. */
const BYTES_AT_MOST = 1_000_000;
const GONE = '';

export type SharedFilesOptions = {
  /** The data directory. */
  readonly dir: string;
  /** Folders in it, of whose JSON files both machines shall have the same. */
  readonly folders: readonly string[];
  /** With the fence of the writer. */
  readonly connect: () => Promise<Database>;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Files that people keep in the data directory (mappings, profiles of platforms above), on both of two machines: the active one gives
 * what changes in its folders to the database, and whoever takes over has it in its own before it begins.
 */
export class SharedFiles {
  readonly #o: SharedFilesOptions;
  readonly #line: DatabaseLine;
  /** What the database has, by path. */
  #kept = new Map<string, string>();
  /** What was seen of each file: read again only where that has changed. */
  readonly #seen = new Map<string, { readonly mark: string; readonly sha: string }>();
  #end: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: SharedFilesOptions) {
    this.#o = options;
    this.#line = new DatabaseLine(options.connect, LOCK);
  }

  /** This machine has taken over: what the database has is what holds. Resolves when the folders have it. */
  async start(): Promise<void> {
    const { dir, clock, log } = this.#o;
    await bringUp(await this.#line.up(), FORM);
    const [rows = []] = await this.#line.read({ text: 'SELECT path, sha256, text FROM shared_file' });
    const here = await this.#here();
    for (const row of rows) {
      const [path, sha, text] = [String(row.path), String(row.sha256), row.text];
      this.#kept.set(path, sha);
      if (!this.#isOurs(path) || (here.get(path)?.sha ?? GONE) === sha) continue;
      log.info('a file of the other machine is taken over', { path, gone: text === null });
      if (typeof text === 'string') await write(join(dir, path), text);
      else await rm(join(dir, path), { force: true });
    }
    await this.#look();
    this.#end = clock.every(LOOK_EVERY, () => {
      this.#looking = this.#look();
    });
  }

  async close(): Promise<void> {
    this.#end();
    await this.#looking;
    await this.#look();
    await this.#line.close();
  }

  /** What has changed here goes into the database. */
  async #look(): Promise<void> {
    try {
      const here = await this.#here();
      const changes: Statement[] = [];
      for (const [path, { sha, text }] of here)
        if (this.#kept.get(path) !== sha) changes.push(put(path, sha, text ?? (await this.#text(path))));
      for (const [path, sha] of this.#kept)
        if (sha !== GONE && this.#isOurs(path) && !here.has(path)) changes.push(put(path, GONE, null));
      if (changes.length === 0) return;
      await this.#line.transaction(changes);
      for (const { values = [] } of changes) this.#kept.set(String(values[0]), String(values[1]));
    } catch (cause) {
      this.#o.log.warn('files for the other machine could not be kept; it is tried again', {
        cause: String(cause),
      });
    }
  }

  async #here(): Promise<Map<string, { readonly sha: string; readonly text: string | null }>> {
    const { dir, folders } = this.#o;
    const found = new Map<string, { sha: string; text: string | null }>();
    for (const folder of folders)
      for (const name of await names(join(dir, folder))) {
        const path = `${folder}/${name}`;
        const { size, mtimeMs } = await stat(join(dir, path));
        if (size > BYTES_AT_MOST) continue;
        const mark = `${size} ${mtimeMs}`;
        const before = this.#seen.get(path);
        if (before?.mark === mark) {
          found.set(path, { sha: before.sha, text: null });
          continue;
        }
        const text = await this.#text(path);
        const sha = createHash('sha256').update(text).digest('hex');
        this.#seen.set(path, { mark, sha });
        found.set(path, { sha, text });
      }
    return found;
  }

  #text = (path: string): Promise<string> => readFile(join(this.#o.dir, path), 'utf8');

  /** Of a folder that this version shares, and of no other place of the machine. */
  #isOurs(path: string): boolean {
    const [folder = '', name = '', ...more] = path.split('/');
    return more.length === 0 && this.#o.folders.includes(folder) && isName(name);
  }
}

const put = (path: string, sha: string, text: string | null): Statement => ({
  text: 'INSERT INTO shared_file VALUES ($1, $2, $3) ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, text = excluded.text',
  values: [path, sha, text],
});

const isName = (name: string): boolean => /^[^./\\][^/\\]*\.json$/.test(name);

async function names(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(isName);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
