/** Who opens a file of a drill reads in each line that it is one. */
export const inDrill = (drill: string | undefined, text: string): string =>
  drill === undefined ? text : `【演练】${text}`;

/** What a file is called: after the drill that it is of, if it is of one. */
export const drillFile = (name: string, { drill }: { readonly drill?: string | undefined }): string =>
  drill === undefined ? name : `drill-${drill}-${name}`;
