export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Program log: sentences with fields, one line per event that someone will search for, never per reading. */
export interface Log {
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
}
