const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Whether an error of SQLite says that the file itself is damaged, and not that it cannot be reached. */
export const isDamage = (cause: unknown): boolean =>
  [CORRUPT, NOT_A_DATABASE].includes(Number((cause as { errcode?: number })?.errcode) & 0xff);
