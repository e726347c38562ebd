import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  faultValuesBody,
  faultValuesText,
} from '../../dashboards/console/src/screens/register/edit/fault-values.ts';
import { words } from '../../dashboards/console/src/screens/register/words.ts';
import { isAttribute } from '../../src/domain/register/fault-values.ts';

describe('fault codes as a person types them', () => {
  const attributes = { 井类型: '阀门井', 'sentinel.depth': '5003,-1', 'sentinel.flow': '9999' };

  it('are shown and sent back the same', () => {
    const text = faultValuesText(attributes);
    expect(text).toBe('depth=5003,-1; flow=9999');
    expect(faultValuesBody(text, attributes)).toEqual({
      'sentinel.depth': '5003,-1',
      'sentinel.flow': '9999',
    });
  });

  it('one that is taken out is taken away, and nothing else of the attributes is touched', () => {
    expect(faultValuesBody('depth＝5003，-1；', attributes)).toEqual({
      'sentinel.depth': '5003，-1',
      'sentinel.flow': null,
    });
    expect(faultValuesBody('', {})).toEqual({});
  });

  it.each(['5003', 'depth', 'depth=', '=5003;x', 'depth=no echo'])(
    'what is none is refused, not lost: %s',
    (text) => {
      const sent = Object.entries(faultValuesBody(text, {}));
      expect(sent.some(([key, value]) => !isAttribute(key, value ?? ''))).toBe(true);
    },
  );
});

describe('what is wrong with a packet', () => {
  it('has words in both languages, whichever of the flaws it is', () => {
    const files = ['src/wire/mqtt', 'src/flow/core'].flatMap((dir) =>
      readdirSync(dir)
        .filter((name) => /telemetry|topics|packet|frames/.test(name))
        .map((name) => readFileSync(`${dir}/${name}`, 'utf8')),
    );
    const codes = files.flatMap((text) =>
      [
        ...text.matchAll(/(?:flaws\.add\(|\bbad\(|\bflaw\(|code: )\s*'([a-z0-9-]+)',\s*(?:detail|[`'"])/g),
      ].map(([, c]) => c),
    );
    expect(codes.length).toBeGreaterThan(15);
    expect([...new Set(codes)].filter((code) => !(`flaw.${code}` in words))).toEqual([]);
  });
});
