/** What is used here of libraries that bring no types of their own. */
declare module 'shpjs' {
  type Drawn = { readonly type: string; readonly coordinates: unknown };
  export function parseShp(shp: Uint8Array | ArrayBuffer, prj?: string): readonly (Drawn | null)[];
  export function parseDbf(
    dbf: ArrayBuffer | DataView | Uint8Array,
    cpg?: string,
  ): readonly Record<string, unknown>[];
}
declare module 'dxf' {
  export type Entity = {
    readonly type: string;
    readonly layer?: string;
    readonly x?: number;
    readonly y?: number;
    readonly string?: string;
    readonly block?: string;
    readonly closed?: boolean;
    readonly start?: { readonly x: number; readonly y: number };
    readonly end?: { readonly x: number; readonly y: number };
    readonly vertices?: readonly { readonly x: number; readonly y: number }[];
  };
  export type Read = { readonly entities: readonly Entity[] };
  export const config: { verbose: boolean };
  export function parseString(text: string): Read;
  export function toPolylines(read: Read): {
    readonly polylines: readonly {
      readonly layer?: { readonly name?: string } | string;
      readonly vertices: readonly (readonly [number, number])[];
    }[];
  };
}
