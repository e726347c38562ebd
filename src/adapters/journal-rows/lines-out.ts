import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';
import type { LineOut } from '../../flow/ports/journal-engine.ts';

/** Where those stand whom we speak to outside: rows whose code begins with `from` and a slash. */
export const LINES: readonly {
  readonly table: string;
  readonly from: string;
  readonly as: (entry: never) => readonly LineOut[];
}[] = [
  {
    table: 'told',
    from: 'channel',
    as: ({ setup }: Extract<NoticeEntry, { is: 'channel' }>) => {
      if (setup === null) return [];
      const { settings, name, enabled } = setup;
      const url = settings.kind === 'smtp' ? `smtp://${settings.host}:${settings.port}` : settings.url;
      return [{ name: `channel ${name}`, url, isOff: !enabled }];
    },
  },
  {
    table: 'exchange',
    from: 'upstream',
    as: ({ setup }: Extract<ExchangeEntry, { is: 'upstream' }>) =>
      setup === null ? [] : [{ name: `upstream ${setup.name}`, url: setup.url, isOff: !setup.enabled }],
  },
];
