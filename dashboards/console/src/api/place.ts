/**
 * Where the service is mounted, as its reverse proxy has it: `/`, or `/lifeline/` and the like. Known from where this very
 * script came from (`…/assets/…`), so that nobody has to configure it.
 */
const [, before] = /^https?:\/\/[^/]+(\/.*)assets\/[^/]*$/.exec(import.meta.url) ?? [];
export const PLACE: string = before ?? '/';

/** An address of the service as the browser reaches it. @param path from the service's own root, as `/api/v1/alarms` */
export const addressOf = (path: string): string => `${PLACE}${path.slice(1)}`;
