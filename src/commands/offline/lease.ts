import type { Fence } from '../../adapters/postgres/database.ts';
import { PostgresFailure } from '../../adapters/postgres/failure.ts';
import { machineOf } from '../../app/pair/machine.ts';
import type { Config } from '../../config/read.ts';
import { LEASE, type WriterRow } from '../../flow/ports/pair/pair.ts';
import { NotDone } from '../command.ts';
import { VERSION } from '../version.ts';

export type CommandLease = {
  readonly fence: Fence;
  /** What machines share beside tables. */
  readonly notes: Pick<WriterRow, 'note' | 'keepNote'>;
  letGo(): Promise<void>;
};

/**
 * The lease of a database, for as long as a command works in it. A command is the same machine as the service of its data directory,
 * which it must have locked.
 *
 * @throws NotDone where a machine writes there
 */
export async function leaseOf(url: string, config: Config): Promise<CommandLease> {
  const { fenceOf, LeasePostgres } = await import('../../adapters/lease-postgres/index.ts');
  const row = new LeasePostgres(url);
  try {
    const epoch = await row.take(machineOf(config, VERSION));
    if (epoch === null)
      throw new NotDone(
        'another machine writes to the database, or did within the last ten seconds: stop the services of both machines first',
      );
    const renewing = setInterval(() => void row.renew(epoch).catch(() => undefined), LEASE.renewEvery);
    return {
      fence: fenceOf(epoch),
      notes: row,
      letGo: async () => {
        clearInterval(renewing);
        await row.release(epoch).catch(() => undefined);
        await row.close();
      },
    };
  } catch (cause) {
    await row.close();
    throw asNotDone(cause);
  }
}

/** What PostgreSQL says is for the person who asked. */
export const asNotDone = (cause: unknown): unknown =>
  cause instanceof PostgresFailure ? new NotDone(cause.message, cause) : cause;
