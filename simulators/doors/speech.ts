/** What a station has measured at one instant, by metric of ours. */
export type Measured = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
};

/** A station as its standard has it: how it writes, and what it makes of what comes back. */
export type Speech = {
  /** Frames that it sends for one report, each with the key that its answer will have; the same each time it is sent again. */
  report(
    station: string,
    n: number,
    measured: Measured,
  ): { readonly bytes: Uint8Array; readonly key: string };
  /** Reads answers; one a line. */
  listener(): (chunk: Uint8Array) => readonly string[];
  /** The name of the n-th station, as the standard writes them. */
  station(n: number): string;
  /** Of those that are asked and say nothing by themselves: each has a line of this kind. */
  dial?(station: string, at: { readonly port: () => number; readonly host: string }): DialledStation;
  /** The mapping that leads each station to its device and each code to its metric. */
  mapping(devices: ReadonlyMap<string, string>, metrics: readonly string[]): object;
};

/** A station that answers when it is asked. */
export type DialledStation = {
  /** Resolves when it has been asked for it. */
  report(measured: Measured): Promise<void>;
  close(): void;
};
