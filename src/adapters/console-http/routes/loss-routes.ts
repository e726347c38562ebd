import { lossJson } from '../../../wire/http/losses.ts';
import type { Handlers } from '../answer/handler.ts';
import type { Services } from '../answer/services.ts';

export function lossRoutes({ journal }: Services): Pick<Handlers, 'losses'> {
  return {
    losses: async ({ query: { from, to, limit, after }, language }) => {
      const page = await journal.losses({ from, to }, limit, after ?? null);
      return { items: page.items.map((l) => lossJson(l, language)), next: page.next };
    },
  };
}
