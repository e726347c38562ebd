import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signalsPage } from '../../scripts/signal-words.ts';
import { signalJson, signalOf, signalWire } from '../../src/wire/signal.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/signals.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map(
  (m) => JSON.parse(m[1] as string) as { of: string },
);

test.each(EXAMPLES)(
  'docs/signals.md: the example of $of is a signal, and comes back as it was written',
  (example) => {
    expect(signalJson(signalOf(signalWire.parse(example)))).toEqual(example);
  },
);

test('docs/signals.md says of the kinds what scripts/signal-words.ts does (npm run docs)', () => {
  expect(signalsPage(PAGE)).toBe(PAGE);
});

test('docs/signals.md shows every kind of signal', () => {
  const kinds = signalWire.options.map((o) => o.shape.of.value).sort();
  expect(EXAMPLES.map((e) => e.of).sort()).toEqual(kinds);
});
