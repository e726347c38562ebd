/** Epoch milliseconds. Which clock it was read from stands in the name of the field: observedAt, receivedAt, decidedAt. */
export type Millis = number;

/** A length of time in milliseconds. */
export type Duration = number;

export const seconds = (n: number): Duration => n * 1_000;
export const minutes = (n: number): Duration => n * 60_000;
export const hours = (n: number): Duration => n * 3_600_000;
export const days = (n: number): Duration => n * 86_400_000;
