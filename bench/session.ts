/** Logs in as an operator over HTTP, as a browser would, and gives back the cookie to join the live stream with. */
export async function logIn(http: string, account: string, password: string): Promise<string> {
  const answer = await fetch(new URL('/api/v1/session', http), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(http).origin },
    body: JSON.stringify({ account, password }),
  });
  if (!answer.ok)
    throw new Error(`login as ${account} was answered ${answer.status}: ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((c) => c.split(';')[0]);
  if (cookies.length === 0) throw new Error('login was answered without a cookie');
  return cookies.join('; ');
}
