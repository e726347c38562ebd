import { describe, expect, test } from 'vitest';
import { languageOf } from '../../src/wire/http/head/language.ts';
import { fromOurPages, presented } from '../../src/wire/http/head/origin.ts';
import { itemsOf, pushed } from '../../src/wire/http/telemetry.ts';
import { decodeTelemetry } from '../../src/wire/mqtt/telemetry.ts';

describe('the language of an answer', () => {
  test.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['fr', 'zh'],
    ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr;q=1, en;q=0.3', 'en'],
    ['en;q=0', 'zh'],
    ['en;q=0.2, zh;q=0.9', 'zh'],
    ['english', 'zh'],
    ['en;q=NaN', 'zh'],
  ])('%j is answered in %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});

const TOKEN = 'abcdefghijkl';

describe('a session is presented', () => {
  test.each([
    [{ authorization: `Bearer ${TOKEN}` }, { token: TOKEN, by: 'bearer' }],
    [{ authorization: `bearer  ${TOKEN}` }, { token: TOKEN, by: 'bearer' }],
    [{ cookie: `a=1; lifeline_session=${TOKEN}; b=2` }, { token: TOKEN, by: 'cookie' }],
    [
      { authorization: `Bearer ${TOKEN}`, cookie: 'lifeline_session=zzzzzzzzzzzz' },
      { token: TOKEN, by: 'bearer' },
    ],
    [{ authorization: 'Basic YTpi' }, null],
    [{ authorization: 'Bearer a b' }, null],
    [{ cookie: `xlifeline_session=${TOKEN}` }, null],
    [{ cookie: 'lifeline_session=' }, null],
    [{ cookie: `lifeline_session=${'x'.repeat(5_000)}` }, null],
    [{}, null],
  ])('%j', (headers, expected) => {
    expect(presented(headers)).toEqual(expected);
  });
});

describe('a request of another site', () => {
  const host = '10.0.0.5:8080';
  test.each([
    [{ host }, true, 'a program names nothing'],
    [{ host, origin: `http://${host}` }, true, 'our own page'],
    [{ host, origin: `https://${host}` }, true, 'our own page, encrypted by a proxy'],
    [{ host, origin: 'https://trusted.example' }, true, 'a page that the house trusts'],
    [{ host, origin: 'http://evil.example' }, false, 'another page'],
    [{ host, origin: `http://${host}.evil.example` }, false, 'a longer name'],
    [{ host, origin: `http://evil.example/${host}` }, false, 'our name as a path'],
    [{ host, origin: 'null' }, false, 'a page that hides where it is from'],
    [{ host, 'sec-fetch-site': 'cross-site' }, false, 'a browser that only says where it is not from'],
    [{ host, 'sec-fetch-site': 'same-site' }, false, 'a sister site'],
    [{ host, 'sec-fetch-site': 'same-origin' }, true, 'a browser on our page'],
  ])('%j → %s (%s)', (headers, expected, _who) => {
    expect(fromOurPages(headers, ['https://trusted.example'])).toBe(expected);
  });

  test.each([
    ['127.0.0.1:8080', true],
    ['[::1]:8080', true],
    ['localhost:8080', true],
    ['[fe80::1]:8080', true],
    ['10.0.0.5.example', false],
    ['1.2.3.4.5', false],
    ['lifeline:8080', true],
    ['watch.local', true],
    ['watch.gov.internal:8080', true],
    ['watch.example', false],
    ['10.0.0.5.nip.io:8080', false],
    ['local', true],
    ['evil.local.example', false],
    ['localhost.', false],
    ['a b', false],
  ])('whose name points to us by its own DNS, http://%s: ours %s; with TLS it is', (name, ours) => {
    expect(fromOurPages({ host: name, origin: `http://${name}` }, [])).toBe(ours);
    expect(fromOurPages({ host: name, origin: `http://${name}` }, [`http://${name}`])).toBe(true);
    expect(fromOurPages({ host: name, origin: `https://${name}` }, [])).toBe(true);
  });
});

describe('pushed telemetry', () => {
  test('is one item, a list, or items, and bounded', () => {
    const item = { lifeline: 'gas', device: 'D', values: {} };
    expect(itemsOf(item)).toEqual([item]);
    expect(itemsOf([item, item])).toHaveLength(2);
    expect(itemsOf({ items: [item] })).toEqual([item]);
    expect(itemsOf([])).toBeNull();
    expect(itemsOf({ items: 'x' })).toBeNull();
    expect(itemsOf(Array(1_001).fill(item))).toBeNull();
  });

  test('becomes the packet that the device would have published', () => {
    const one = pushed({ lifeline: 'gas', device: 'GAS-1', ts: 1_764_547_200_000, values: { ch4: 12.5 } });
    const many = pushed({
      lifeline: 'gas',
      device: 'GAS-1',
      instants: [{ ts: 1_764_547_200_000, values: { ch4: 1 } }],
    });
    if (!one.ok || !many.ok) throw new Error('refused');
    expect(one.topic).toBe('lifeline/v1/gas/GAS-1/telemetry');
    expect(decodeTelemetry(one.payload)).toMatchObject({
      instants: [{ deviceTime: 1_764_547_200_000, values: [['ch4', 12.5]] }],
      flaws: [],
    });
    expect(decodeTelemetry(many.payload).flaws).toEqual([]);
  });

  test.each([
    ['x', 'not-an-object'],
    [{ device: 'D', values: {} }, 'bad-lifeline'],
    [{ lifeline: 'gas/#', device: 'D' }, 'bad-lifeline'],
    [{ lifeline: 'gas', device: '../x' }, 'bad-device'],
    [{ lifeline: 'gas', device: 'D', values: { ch4: 'x'.repeat(300_000) } }, 'too-large'],
  ])('item %# is refused before it comes to the door: %j', (item, code) => {
    expect(pushed(item)).toMatchObject({ ok: false, flaw: { code } });
  });

  test('nesting deeper than anybody can write down again is a flaw and not a crash', () => {
    const values: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(pushed({ lifeline: 'gas', device: 'D', values })).toMatchObject({ flaw: { code: 'too-deep' } });
  });

  test('`__proto__` is only a strange metric', () => {
    const packet = pushed(
      JSON.parse('{"lifeline":"gas","device":"D","values":{"__proto__":1,"ch4":2},"__proto__":{"x":1}}'),
    );
    if (!packet.ok) throw new Error('refused');
    expect(new TextDecoder().decode(packet.payload)).toContain('"__proto__":1');
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
