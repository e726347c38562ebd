import type { Dialect } from './dialect.ts';
import type { StoreHttp } from './http.ts';
import { StoreTrouble } from './trouble.ts';

export type Cell = string | number | boolean | null;

export type InfluxSeries = {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly Cell[])[];
};

/** The store has answered, but not with something that can be read: 1.x cannot write an infinite number as JSON. */
export class Unreadable extends Error {}

/** A time that InfluxDB can hold: nanoseconds in 64 bits, a little inside of them. */
export const EARLIEST = -9_200_000_000_000;
export const LATEST = 9_200_000_000_000;

/** Above this a question goes in the body: addresses have a bound on the way. Not to 3, which reads the address alone. */
const LONG_QUESTION = 1_500;
/** Statements at a time, where the store takes one a request. */
const AT_A_TIME = 4;

/** Names have nothing left in them that could end these quotes: see `names.ts`. */
export const ident = (name: string): string => `"${name}"`;
export const text = (name: string): string => `'${name}'`;

/** Asks in InfluxQL, the one language that 1, 2 and 3 share. */
export class InfluxQl {
  readonly #http: StoreHttp;
  readonly #dialect: Dialect;

  constructor(http: StoreHttp, dialect: Dialect) {
    this.#http = http;
    this.#dialect = dialect;
  }

  /**
   * @param epoch unit of the times in the answer
   * @returns the series of each statement, in order; none where nothing was found
   */
  async ask(
    statements: readonly string[],
    options: { readonly within: number; readonly epoch?: 'ms' | 'ns' },
  ): Promise<InfluxSeries[][]> {
    if (statements.length === 0) return [];
    if (this.#dialect.manyStatements) return this.#send(statements, options, false);
    const answers: InfluxSeries[][] = [];
    for (let i = 0; i < statements.length; i += AT_A_TIME) {
      const some = statements.slice(i, i + AT_A_TIME).map((s) => this.#send([s], options, false));
      for (const [series = []] of await Promise.all(some)) answers.push(series);
    }
    return answers;
  }

  /** One statement, one series at most. */
  async one(
    statement: string,
    options: { readonly within: number; readonly epoch?: 'ms' | 'ns' },
  ): Promise<InfluxSeries> {
    const [[series] = []] = await this.ask([statement], options);
    return series ?? { name: '', tags: {}, columns: [], values: [] };
  }

  /** A statement that changes something. */
  async tell(statement: string, within: number): Promise<void> {
    await this.#send([statement], { within }, true);
  }

  async #send(
    statements: readonly string[],
    { within, epoch = 'ms' }: { readonly within: number; readonly epoch?: 'ms' | 'ns' },
    changes: boolean,
  ): Promise<InfluxSeries[][]> {
    const q = new URLSearchParams({ q: statements.join(';') }).toString();
    const path = `${this.#dialect.queryPath}&epoch=${epoch}`;
    const answer =
      changes || (q.length > LONG_QUESTION && this.#dialect.manyStatements)
        ? await this.#http.ask(path, { method: 'POST', form: q, within })
        : await this.#http.ask(`${path}&${q}`, { within });
    return read(answer.body, statements.length);
  }
}

type Result = { readonly series?: readonly Partial<InfluxSeries>[]; readonly error?: string };

function read(body: string, statements: number): InfluxSeries[][] {
  let json: { readonly results?: readonly Result[]; readonly error?: string };
  try {
    json = JSON.parse(body) as typeof json;
  } catch (cause) {
    throw new Unreadable(`the store's answer is not JSON: ${body.slice(0, 200)}`, { cause });
  }
  if (json.error !== undefined) throw refused(json.error);
  const results = json.results ?? [];
  return Array.from({ length: statements }, (_, i) => {
    const { error, series = [] } = results[i] ?? {};
    if (error !== undefined) throw refused(error);
    return series.map(({ name = '', tags = {}, columns = [], values = [] }) => ({
      name,
      tags,
      columns,
      values,
    }));
  });
}

function refused(error: string): StoreTrouble {
  if (/authoriz|permission|credential|not allowed/i.test(error))
    return new StoreTrouble('unauthorised', `our credential may not ask this of the store: ${error}`);
  if (/timeout|interrupted/i.test(error)) return new StoreTrouble('timeout', `the store gave up: ${error}`);
  return new StoreTrouble('other', `the store could not answer: ${error}`);
}

/** The values of a column by its name, or nulls where the store has no such column. */
export function column(series: InfluxSeries, name: string): (row: readonly Cell[]) => Cell {
  const i = series.columns.indexOf(name);
  return (row) => (i < 0 ? null : (row[i] ?? null));
}

export const numberOf = (cell: Cell): number | null => (typeof cell === 'number' ? cell : null);
