export type Place = { readonly lon: number; readonly lat: number; readonly accuracyM: number };
/** `insecure`: the page was opened over plain HTTP from another machine, and browsers then tell no page where they are. */
export type NoPlace = 'insecure' | 'denied' | 'unknown';

const WITHIN = 20_000;
const AS_OLD_AS = 30_000;

/** Where this phone is, WGS-84, as well as it knows. */
export function placeHere(): Promise<Place | NoPlace> {
  if (!isSecureContext || navigator.geolocation === undefined) return Promise.resolve('insecure');
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy }),
      (why) => resolve(why.code === why.PERMISSION_DENIED ? 'denied' : 'unknown'),
      { enableHighAccuracy: true, timeout: WITHIN, maximumAge: AS_OLD_AS },
    );
  });
}
