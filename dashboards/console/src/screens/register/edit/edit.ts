/** `null` where both cells are empty; what is no number goes to the server as typed, so that it says what would be right. */
export function placeOf(values: Readonly<Record<string, string>>): unknown {
  const { lon = '', lat = '', crs = 'CGCS2000' } = values;
  if (lon.trim() === '' && lat.trim() === '') return null;
  const number = (s: string): number | string =>
    s.trim() !== '' && Number.isFinite(Number(s)) ? Number(s) : s;
  return { lon: number(lon), lat: number(lat), crs };
}
