/** The probe's way in, as a device, and out, as a console. */
export interface ProbeLine {
  /** Publishes this number; 0 ends the condition. Does not throw: what does not arrive is missed. */
  send(beat: number): void;
  /** Hears the number of each alarm that comes out. */
  hears(tell: (beat: number) => void): void;
  /** How the two connections stand, for the log. */
  state(): string;
}
