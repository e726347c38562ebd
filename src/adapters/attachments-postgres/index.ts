import type { AttachmentId } from '../../domain/ids.ts';
import { as } from '../../domain/ids.ts';
import type { Attachment } from '../../domain/response/attachment.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Attachments } from '../../flow/ports/responses.ts';
import type { AttachmentsDir } from '../attachments-dir/index.ts';
import type { Database } from '../postgres/database.ts';
import { DatabaseLine } from '../postgres/line.ts';
import { bringUp, type Form } from '../postgres/schema.ts';

/** Pictures do not become smaller. */
const FORM: Form = {
  name: 'attachments',
  migrations: [
    `CREATE TABLE attachment (id text PRIMARY KEY, size int NOT NULL, type text NOT NULL, bytes bytea NOT NULL);
     ALTER TABLE attachment ALTER COLUMN bytes SET STORAGE EXTERNAL`,
  ],
};
/** Advisory lock of whoever writes it: "LLat". */
const LOCK = 0x4c4c6174;

/**
 * Files beside orders of two machines: each has them in its directory, where backups find them, and all are in the database, where the
 * other machine does.
 */
export class AttachmentsPostgres implements Attachments {
  readonly #dir: AttachmentsDir;
  readonly #line: DatabaseLine;
  readonly #log: Log;

  /** @param connect with the fence of the writer */
  constructor(given: {
    readonly dir: AttachmentsDir;
    readonly connect: () => Promise<Database>;
    readonly log: Log;
  }) {
    this.#dir = given.dir;
    this.#log = given.log;
    this.#line = new DatabaseLine(given.connect, LOCK);
  }

  async start(): Promise<void> {
    await bringUp(await this.#line.up(), FORM);
  }

  /** What one side has the other gets. Takes as long as it takes: nobody waits for it. */
  async level(): Promise<void> {
    try {
      const [rows = []] = await this.#line.read({ text: 'SELECT id FROM attachment' });
      const there = new Set(rows.map(({ id }) => String(id)));
      const here = new Set<string>(await this.#dir.all());
      let copied = 0;
      for (const id of here) {
        if (there.has(id)) continue;
        const bytes = await this.#dir.read(as.attachment(id));
        if (bytes !== null) await this.keep(bytes);
        copied += 1;
      }
      for (const id of there) {
        if (here.has(id)) continue;
        await this.read(as.attachment(id));
        copied += 1;
      }
      if (copied > 0)
        this.#log.info('files beside orders were copied between directory and database', { copied });
    } catch (cause) {
      this.#log.warn('files beside orders could not all be copied; the next start tries again', {
        cause: String(cause),
      });
    }
  }

  async keep(bytes: Uint8Array): Promise<Attachment | null> {
    const kept = await this.#dir.keep(bytes);
    if (kept === null) return null;
    await this.#line.transaction([
      {
        text: 'INSERT INTO attachment VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
        values: [kept.id, kept.size, kept.type, bytes],
      },
    ]);
    return kept;
  }

  async find(id: AttachmentId): Promise<Attachment | null> {
    const here = await this.#dir.find(id);
    if (here !== null) return here;
    const [rows = []] = await this.#line.read({
      text: 'SELECT size, type FROM attachment WHERE id = $1',
      values: [id],
    });
    const [row] = rows;
    return row === undefined ? null : { id, size: Number(row.size), type: row.type as Attachment['type'] };
  }

  /** What only the other machine had is here as well from now on. */
  async read(id: AttachmentId): Promise<Uint8Array | null> {
    const here = await this.#dir.read(id);
    if (here !== null) return here;
    const [rows = []] = await this.#line.read({
      text: 'SELECT bytes FROM attachment WHERE id = $1',
      values: [id],
    });
    const bytes = rows[0]?.bytes;
    if (!(bytes instanceof Uint8Array)) return null;
    await this.#dir.keep(bytes);
    return bytes;
  }

  close(): Promise<void> {
    return this.#line.close();
  }
}
