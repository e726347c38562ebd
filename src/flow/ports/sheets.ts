import type { Millis } from '../../domain/time.ts';

/** What stands in a cell of a sheet. Text is text, whatever it begins with. */
export type SheetCell = string | number | null | { readonly at: Millis };

/** One table for a spreadsheet, on its way in pieces: as large as it may be, it never stands in memory as a whole. */
export type Sheet = {
  readonly name: string;
  /** Widths in characters. */
  readonly columns: readonly { readonly head: string; readonly width: number }[];
  /** Batches of rows. */
  readonly rows: AsyncIterable<readonly (readonly SheetCell[])[]>;
};

/** @returns the bytes of a workbook, piece by piece */
export type WriteSheet = (sheet: Sheet) => AsyncGenerator<Uint8Array>;
