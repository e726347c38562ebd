/** A device's code, a dot, and its secret as it was issued: neither has a dot inside. */
const TOKEN = /^([A-Za-z0-9_-]{1,64})\.([a-z2-7]{32})$/;
const LIKE_A_TOKEN = /^([A-Za-z0-9_-]{1,64})\../;

export type DeviceToken = { readonly device: string; readonly secret: string };

/**
 * The one word of firmware that knows no password (ThingsBoard's access token as MQTT user name): the device's own credential,
 * `CODE.SECRET`. Whoever has only the code has nothing.
 *
 * @returns `null`: it is no such word
 */
export function deviceToken(username: string): DeviceToken | null {
  const [, device, secret] = TOKEN.exec(username) ?? [];
  return device === undefined || secret === undefined ? null : { device, secret };
}

/** A user name as logs and the audit journal may have it: of what may be a token, or one with a slip in it, its code alone. */
export function nameToShow(username: string): string {
  const [, device] = LIKE_A_TOKEN.exec(username) ?? [];
  return device === undefined ? username : `${device}.…`;
}
