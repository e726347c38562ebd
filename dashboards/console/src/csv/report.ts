import type { ImportReport } from '../api/answers.ts';

/** What the server says of a file that was tried or taken; what only some of them have is left out by the others. */
export type CsvReport = Omit<ImportReport, 'unusedColumns'> &
  Partial<Pick<ImportReport, 'unusedColumns'>> & { readonly dropped?: number };
