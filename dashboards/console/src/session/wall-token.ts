/**
 * Takes the token of a wall out of the address `/wall#token`: what stands behind `#` is sent to no server and stands in
 * no log, and after this in no history either. One in `?token=` has been in both, and is only thrown away.
 */
export function takeWallToken(
  at: { readonly pathname: string; readonly hash: string; readonly search: string },
  replace: (address: string) => void,
): { readonly token: string | null; readonly inQuery: boolean } {
  const query = new URLSearchParams(at.search);
  const inQuery = query.has('token');
  const isWall = at.pathname === '/wall' || query.has('wall');
  const token = isWall && at.hash.length > 1 ? decodeURIComponent(at.hash.slice(1)) : null;
  if (inQuery || token !== null) {
    query.delete('token');
    const rest = query.toString();
    replace(`${at.pathname}${rest === '' ? '' : `?${rest}`}`);
  }
  return { token, inQuery };
}
