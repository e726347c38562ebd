import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { WarningCommand } from '../../src/domain/warning/commands.ts';
import type { Warning } from '../../src/domain/warning/warning.ts';
import { PACKS } from '../../src/packs/index.ts';
import { capFeed, capIdentifier, capStampOf, capXml } from '../../src/wire/files/cap.ts';
import { T0 } from '../domain/order/build.ts';
import { adjust, cancel, create, issue, lift, story, submit } from '../domain/warning/build.ts';

const ISSUER = { sender: '34160041400100', senderName: '亳州市监测中心' };
const categoriesOf = (lifeline: string) =>
  PACKS.find((p) => p.lifeline === lifeline)?.capCategories ?? ['Infra'];

/** CAP 1.2: the order of the schema's sequences, by the element that holds them (OASIS, cap12.xsd). */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  alert:
    'identifier sender sent status msgType source scope restriction addresses code note references incidents info'.split(
      ' ',
    ),
  info: 'language category event responseType urgency severity certainty audience eventCode effective onset expires senderName headline description instruction web contact parameter resource area'.split(
    ' ',
  ),
  area: 'areaDesc polygon circle geocode altitude ceiling'.split(' '),
  parameter: ['valueName', 'value'],
  geocode: ['valueName', 'value'],
};
const ENUMS: Readonly<Record<string, RegExp>> = {
  status: /^(Actual|Exercise|System|Test|Draft)$/,
  msgType: /^(Alert|Update|Cancel|Ack|Error)$/,
  scope: /^(Public|Restricted|Private)$/,
  category: /^(Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other)$/,
  responseType: /^(Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None)$/,
  urgency: /^(Immediate|Expected|Future|Past|Unknown)$/,
  severity: /^(Extreme|Severe|Moderate|Minor|Unknown)$/,
  certainty: /^(Observed|Likely|Possible|Unlikely|Unknown)$/,
  sent: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/,
  effective: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/,
  expires: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/,
  identifier: /^[^\s,&<]+$/,
  sender: /^[^\s,&<]+$/,
};

type Node = { readonly name: string; readonly children: Node[]; text: string };

/** Enough XML to read what we write: throws where it is not well formed. */
function parsed(xml: string): Node {
  const root: Node = { name: '', children: [], text: '' };
  const open = [root];
  const body = xml.replace(/^<\?xml[^?]*\?>\n/, '');
  for (const [piece, close, name, attributes, self] of body.matchAll(
    /<(\/?)([\w]+)((?: [\w:]+="[^"<&]*")*)(\/?)>|[^<]+/g,
  )) {
    const here = open.at(-1) as Node;
    if (name === undefined) {
      if (/&(?!amp;|lt;|gt;)/.test(piece)) throw new Error(`a bare & in ${piece}`);
      here.text += piece.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    } else if (close === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another`);
    } else {
      const node = { name, children: [], text: '' };
      here.children.push(node);
      if (self !== '/') open.push(node);
    }
    void attributes;
  }
  if (open.length !== 1) throw new Error('something stays open');
  return root.children[0] as Node;
}

function holds(node: Node): void {
  const order = ORDER[node.name];
  if (order !== undefined) {
    const places = node.children.map((c) => order.indexOf(c.name));
    expect(places, `${node.name}: ${node.children.map((c) => c.name)}`).toEqual(
      [...places].sort((a, b) => a - b),
    );
    expect(places).not.toContain(-1);
  }
  const allowed = ENUMS[node.name];
  if (allowed !== undefined) expect(node.text).toMatch(allowed);
  for (const c of node.children) holds(c);
}
const all = (node: Node, name: string): string[] => [
  ...(node.name === name ? [node.text] : []),
  ...node.children.flatMap((c) => all(c, name)),
];
const last = (w: Warning): Node =>
  parsed(
    capXml(w, w.messages.at(-1) as Warning['messages'][number], {
      ...ISSUER,
      categories: categoriesOf(w.lifeline),
    }),
  );

const WAYS: Readonly<Record<string, readonly WarningCommand[]>> = {
  issue: [issue],
  adjust: [issue, adjust],
  lift: [issue, adjust, lift],
  cancel: [issue, cancel],
};
const LIFELINES = PACKS.map((p) => p.lifeline);

describe.each(Object.keys(WAYS))('%s', (way) => {
  describe.each(['actual', 'exercise', 'test'] as const)('%s', (status) => {
    test.each(LIFELINES)(
      'of %s is in the schema’s order, within its enumerations, and says what it is',
      (lifeline) => {
        const { is } = story(
          create({ status, lifeline: as.lifeline(lifeline) }),
          submit,
          ...(WAYS[way] ?? []),
        );
        const cap = last(is);
        holds(cap);
        expect(all(cap, 'status')).toEqual([
          { actual: 'Actual', exercise: 'Exercise', test: 'Test' }[status],
        ]);
        const mark = { actual: '', exercise: '【演练】', test: '【测试】' }[status];
        for (const name of ['headline', 'event', 'description', 'instruction'])
          expect(all(cap, name)[0]).toMatch(new RegExp(`^${mark}`));
        expect(all(cap, 'msgType')).toEqual([
          { issue: 'Alert', adjust: 'Update', lift: 'Cancel', cancel: 'Cancel' }[way],
        ]);
        expect(all(cap, 'references')).toHaveLength(way === 'issue' ? 0 : 1);
      },
    );
  });
});

test.each([
  'a<b>&c"\'',
  '积水 30 cm ＞ 27 cm；“封闭”',
  '第一行\n第二行',
  '\u0000\u0007坏\ud800字',
  '𠮷野家 🚧',
  ']]>',
])('a text with %j comes back as it was, without what XML cannot hold', (text) => {
  const { is } = story(create({ text, areaText: text, kind: '燃气<泄漏>' }), submit, issue);
  const cap = last(is);
  holds(cap);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
  const clean = text.replace(/[\u0000-\u0008]|\ud800(?![\udc00-\udfff])/g, '');
  expect(all(cap, 'description')).toEqual([clean]);
  expect(all(cap, 'event')).toEqual(['燃气<泄漏>']);
});

test.each([
  [1, 'Extreme', 'RED', 'Immediate'],
  [2, 'Severe', 'ORANGE', 'Immediate'],
  [3, 'Moderate', 'YELLOW', 'Expected'],
  [4, 'Minor', 'BLUE', 'Expected'],
] as const)('level %i is %s', (level, severity, colour, urgency) => {
  const cap = last(story(create({ level }), submit, issue).is);
  expect([all(cap, 'severity'), all(cap, 'urgency'), all(cap, 'value')[0]]).toEqual([
    [severity],
    [urgency],
    colour,
  ]);
});

test('references name sender, identifier and time of each message before', () => {
  const { is } = story(create(), submit, issue, adjust, lift);
  const [references] = all(last(is), 'references');
  expect(references?.split(' ').map((r) => r.split(',').length)).toEqual([3, 3]);
  expect(references).toMatch(/^34160041400100,34160041400100_20260601080000_0,2026-06-01T08:02:00\+08:00 /);
  expect(all(last(is), 'responseType')).toEqual(['AllClear']);
});

test('an identifier is 31 characters: sender, Beijing time, a digit', () => {
  expect(capIdentifier(ISSUER.sender, T0, 3)).toBe('34160041400100_20260601080000_3');
  expect(capIdentifier(ISSUER.sender, T0, 3)).toHaveLength(31);
  expect(capStampOf(capIdentifier(ISSUER.sender, T0 + 999, 3))).toEqual({ at: T0, n: 3 });
  expect(capStampOf('something else')).toBeNull();
});

test('the feed has each message once, and leads to it', () => {
  const { is } = story(create(), submit, issue, adjust);
  const feed = capFeed(
    is.messages.map((message) => ({ warning: is, message })),
    ISSUER,
    { self: '', now: T0 },
  );
  expect(all(parsed(feed), 'entry')).toHaveLength(2);
  expect(feed).toContain(`/api/v1/warnings/W1/messages/${is.messages[1]?.identifier}.xml`);
});
