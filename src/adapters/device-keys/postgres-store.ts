import type { Database } from '../postgres/database.ts';
import { DatabaseLine } from '../postgres/line.ts';
import { bringUp, type Form } from '../postgres/schema.ts';
import { asStored, storable } from '../postgres/values.ts';
import type { DeviceKeyStore, KeptKeys, KeyChange } from './store.ts';

/** As in the file of keys, see `sqlite-store.ts`; the highest id that was ever given stands in a row of its own. */
const FIRST = `
  CREATE TABLE device_key (
    id bigint PRIMARY KEY,
    holder text NOT NULL,
    seal bytea NOT NULL,
    issued_at bigint NOT NULL,
    until bigint,
    areas text
  );
  CREATE TABLE device_barred (holder text PRIMARY KEY, at bigint NOT NULL);
  CREATE TABLE device_key_last (one int PRIMARY KEY CHECK (one = 1), id bigint NOT NULL);
  INSERT INTO device_key_last VALUES (1, 0);
`;

export const DEVICE_KEY_FORM: Form = { name: 'device keys', migrations: [FIRST] };
/** Advisory lock of whoever writes them: "LLdk". */
const LOCK = 0x4c4c646b;

/** Device keys in PostgreSQL: whoever takes over lets the same devices in. */
export class DeviceKeyTables implements DeviceKeyStore {
  readonly #line: DatabaseLine;

  /** @param connect with the fence of the writer */
  constructor(connect: () => Promise<Database>) {
    this.#line = new DatabaseLine(connect, LOCK);
  }

  async open(): Promise<void> {
    await bringUp(await this.#line.up(), DEVICE_KEY_FORM);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  async read(): Promise<KeptKeys> {
    const [keys = [], barred = [], last = []] = await this.#line.read(
      { text: 'SELECT id, holder, seal, issued_at, until, areas FROM device_key ORDER BY id' },
      { text: 'SELECT holder FROM device_barred' },
      { text: 'SELECT id FROM device_key_last' },
    );
    return {
      keys: keys.map((row) => ({
        id: Number(row.id),
        holder: asStored(String(row.holder)),
        seal: row.seal as Uint8Array,
        issuedAt: Number(row.issued_at),
        until: row.until === null ? null : Number(row.until),
        areas: row.areas === null ? null : (JSON.parse(String(row.areas)) as string[]),
      })),
      barred: barred.map((row) => asStored(String(row.holder))),
      lastId: Number(last[0]?.id ?? 0),
    };
  }

  async keep({ add = [], until = [], remove = [], bar, lastId = 0 }: KeyChange): Promise<void> {
    const holders = add.map((k) => storable(k.holder));
    await this.#line.transaction([
      { text: 'DELETE FROM device_key WHERE id = ANY($1::bigint[])', values: [remove] },
      {
        text: `UPDATE device_key AS k SET until = u.until
          FROM unnest($1::bigint[], $2::bigint[]) AS u (id, until) WHERE k.id = u.id`,
        values: [until.map((u) => u.id), until.map((u) => u.until)],
      },
      {
        text: `INSERT INTO device_key (id, holder, seal, issued_at, until, areas) SELECT *
          FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::bigint[], $6::text[])`,
        values: [
          add.map((k) => k.id),
          holders,
          add.map((k) => k.seal),
          add.map((k) => k.issuedAt),
          add.map((k) => k.until),
          add.map((k) => (k.areas === null ? null : JSON.stringify(k.areas))),
        ],
      },
      { text: 'DELETE FROM device_barred WHERE holder = ANY($1::text[])', values: [holders] },
      {
        text: 'INSERT INTO device_barred (holder, at) SELECT * FROM unnest($1::text[], $2::bigint[])',
        values: bar === undefined ? [[], []] : [[storable(bar.holder)], [bar.at]],
      },
      { text: 'UPDATE device_key_last SET id = greatest(id, $1)', values: [lastId] },
    ]);
  }
}
