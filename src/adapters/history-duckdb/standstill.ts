import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SerialQueue } from '../shared/serial-queue.ts';
import { type Day, type DayKind, fileName } from './day.ts';
import type { DayFiles } from './day-files.ts';

/** A turn of writing that is kept until it is given back. */
export class Standstill {
  readonly #over = Promise.withResolvers<void>();

  /** Resolves when the turn has come and `first` is done; rejects, the turn given back, when `first` fails. */
  hold(writing: SerialQueue, first: () => Promise<void>): Promise<void> {
    const begun = Promise.withResolvers<void>();
    writing
      .run(async () => {
        await first();
        begun.resolve();
        await this.#over.promise;
      })
      .catch(begun.reject);
    return begun.promise;
  }

  end(): void {
    this.#over.resolve();
  }
}

/**
 * Brings every WAL into its file. A file with a WAL would be written when it is next attached or detached,
 * which a question may cause at any time; one without is not.
 */
export async function bringHome(dir: string, files: DayFiles, connection: DuckDBConnection): Promise<void> {
  for (const kind of ['frame', 'reading'] as const) {
    for (const day of files.days(kind).filter((d) => hasWal(dir, kind, d))) {
      const [file] = await files.lease(kind, [day]);
      if (file === undefined) continue;
      try {
        await connection.run(`CHECKPOINT ${file.alias}`);
      } finally {
        files.release([file]);
      }
      if (hasWal(dir, kind, day)) {
        throw new Error(
          `${fileName(kind, day)} cannot be written back: its newest rows are still in its WAL`,
        );
      }
    }
  }
}

const hasWal = (dir: string, kind: DayKind, day: Day): boolean =>
  existsSync(join(dir, `${fileName(kind, day)}.wal`));
