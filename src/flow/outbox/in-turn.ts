import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Core } from '../core/core.ts';
import type { NoticeDraft } from '../notices/notice-desk.ts';
import type { Turn } from '../turn.ts';

/** What each part of the office decides with: whatever people ask for is answered in a turn. */
export type OfficeParts = { readonly core: Core; readonly turn: Pick<Turn, 'tell'> };

/** @param decide which entries are kept, or what stands in the way of them */
export function decidedInTurn<T>(
  { core, turn }: OfficeParts,
  { how, there, after }: { readonly how: 'create' | 'change'; there(): unknown; readonly after: T },
  decide: (draft: NoticeDraft) => readonly NoticeEntry[] | Refusal,
): Promise<Result<T, Refusal>> {
  return turn.tell((draft): Result<T, Refusal> => {
    const before = there();
    if (how === 'create' && before !== undefined) return no({ code: 'code-taken', detail: null });
    if (how === 'change' && before === undefined) return no({ code: 'not-found', detail: null });
    const decided = decide(draft);
    if ('code' in decided) return no(decided);
    for (const entry of decided) core.notices.keep(entry, draft);
    return ok(after);
  });
}

export const refuse = (code: RefusalCode, say: Bilingual): Refusal => ({ code, detail: say });
