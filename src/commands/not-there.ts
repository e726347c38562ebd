import { accessSync, constants } from 'node:fs';
import { WrongUse } from './command.ts';

/** A file of the service that cannot be seen in its data directory: because it is not there, or because nothing is to be seen. */
export function notThere(dataDir: string, file: string): WrongUse {
  try {
    accessSync(dataDir, constants.X_OK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EACCES')
      return new WrongUse(
        `${dataDir} cannot be looked into by user ${process.getuid?.()}: run this as the user that the service runs as (sudo -u lifeline-watch …)`,
      );
  }
  return new WrongUse(
    `${dataDir} has no ${file}: --data-dir should name the data directory of a service that was started once`,
  );
}
