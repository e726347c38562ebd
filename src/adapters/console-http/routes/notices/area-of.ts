import { as } from '../../../../domain/ids.ts';
import type { Notice } from '../../../../domain/notice/notice.ts';
import type { Service } from '../../../../flow/ports/service.ts';

/** Where what a notice is about lies; `null`: nobody knows any more. A notice of an older program does not say so itself. */
export async function areaOf(n: Notice, service: Pick<Service, 'alarm'>): Promise<string | null> {
  return n.area ?? (await service.alarm(as.alarm(n.subject.id)))?.areaCode ?? null;
}

/** Those of areas that somebody sees. */
export async function noticesSeen(
  all: readonly Notice[],
  sees: (area: string) => boolean,
  service: Pick<Service, 'alarm'>,
): Promise<readonly Notice[]> {
  const seen = new Map<string, boolean>();
  for (const n of all)
    if (!seen.has(n.subject.id)) {
      const area = await areaOf(n, service);
      seen.set(n.subject.id, area !== null && sees(area));
    }
  return all.filter((n) => seen.get(n.subject.id));
}
