/** vt-pbf brings no types of its own: what of it is used here. */
declare module 'vt-pbf' {
  const vtpbf: {
    fromGeojsonVt(layers: Readonly<Record<string, unknown>>, options: { readonly version: 2 }): Uint8Array;
  };
  export default vtpbf;
}
