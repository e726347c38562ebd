/** The head of a request as Node gives it. */
export type Head = {
  readonly httpVersion: string;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
};

/** Of these, some take the first and some the last. */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'origin', 'content-type']);
/** Nothing that would end a host within an address. */
const HOST = /^[^\s/\\?#@]+$/;

/**
 * True of a request that a parser forgives and that a proxy before us may read as another, so that what it lets pass is
 * not what we answer: RFC 9112 §3.2 (Host), §3.2.2 (a whole address as target, which only proxies are asked), §6.1
 * (codings), RFC 9110 §10.1.1 (Expect). What leaves open where it ends never comes as far: the parser refuses it.
 */
export function meansMoreThanOne({ httpVersion, url, rawHeaders }: Head): boolean {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return true;
  if (url?.startsWith('/') !== true) return true;
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    const value = rawHeaders[i + 1]?.trim() ?? '';
    if (ONCE.has(name) && seen.has(name)) return true;
    seen.add(name);
    if (name === 'host' && !HOST.test(value)) return true;
    if (name === 'transfer-encoding' && (httpVersion === '1.0' || value.toLowerCase() !== 'chunked'))
      return true;
    if (name === 'expect' && value.toLowerCase() !== '100-continue') return true;
  }
  return httpVersion === '1.1' && !seen.has('host');
}

/** A stream begins where the request ends: one with a body of its own would begin within it. */
export function mayBecomeStream(head: Head & { readonly method?: string | undefined }): boolean {
  const bodied = head.rawHeaders.some(
    (h, i) => i % 2 === 0 && /^(content-length|transfer-encoding)$/i.test(h),
  );
  return head.method === 'GET' && head.httpVersion === '1.1' && !bodied && !meansMoreThanOne(head);
}
