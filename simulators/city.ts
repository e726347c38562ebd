/** What a simulated city consists of: enough for the register, and for instruments that believe in it. */
export type City = {
  readonly key: string;
  readonly name: string;
  readonly areas: readonly AreaRow[];
  readonly assets: readonly AssetRow[];
  readonly instruments: readonly Instrument[];
  /** Devices that the city has and that are not simulated yet, and why. */
  readonly absent: readonly string[];
};

export type AreaRow = { readonly code: string; readonly name: string; readonly parent: string | null };

export type AssetRow = {
  readonly code: string;
  readonly name: string;
  readonly lifeline: string;
  readonly area: string;
  readonly owner: string;
  readonly lon: number;
  readonly lat: number;
  /** A main: where it runs, from where it begins; left out: it is a point. */
  readonly course?: readonly (readonly [number, number])[];
  /** A basin: its border, not closed. */
  readonly border?: readonly (readonly [number, number])[];
  readonly attributes?: Readonly<Record<string, string>>;
};

/** What kind of instrument stands at a point; decides what it measures and how it behaves. */
export type Kind = FirstKind | FurtherKind;

/** Of a further lifeline, `<lifeline>/<kind>`: what it is stands in simulators/lifelines. */
type FurtherKind = `${string}/${string}`;

export type FirstKind =
  | 'gas-chamber' // laser methane head in a chamber near a gas main
  | 'gas-station' // regulator station: methane, oxygen and carbon monoxide
  | 'flood-depth' // ultrasonic or buried depth logger at a road's low point
  | 'rain-gauge'
  | 'drain-level' // radar over a drain manhole
  | 'cover' // tilt and water switches under a manhole cover
  | 'bridge-deflection'
  | 'bridge-strain'
  | 'bridge-weigh' // weigh-in-motion before the bridge
  | 'bridge-vibration' // accelerometer on the girder: frames
  | 'bridge-weather';

/**
 * An instrument at its point. The device carries the point's code, as at a first installation: so the list of
 * expected alarms is the same whether the register was imported or grew by itself.
 */
export type Instrument = {
  readonly code: string;
  readonly name: string;
  readonly kind: Kind;
  readonly asset: string;
  readonly lon: number;
  readonly lat: number;
  readonly vendor: string;
  readonly serial: string;
  /** Instruments that share a gateway fall silent together. */
  readonly gateway: string | null;
  /** Between two reports while nothing happens, milliseconds. */
  readonly interval: number;
};
