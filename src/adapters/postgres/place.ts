/** Where a database is, for people: without the password. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url.replace('@/', '@local/'));
    const host = searchParams.get('host') ?? hostname;
    const at = searchParams.get('port') ?? port;
    return `${host}${at === '' ? '' : `:${at}`}${pathname}`;
  } catch {
    return 'an address that cannot be read';
  }
}
