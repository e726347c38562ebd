import { describe, expect, test } from 'vitest';
import { OutDoor, type OutRequest } from '../../../src/adapters/shared/out-door.ts';
import { OutHosts } from '../../../src/adapters/shared/out-hosts.ts';
import { Receiver } from './receivers.ts';

const LIST = ['oapi.dingtalk.com', '*.city.example', 'mail.gov.example:465', '10.3.0.0/16', 'fd00:7::/32'];

describe('which hosts may be asked', () => {
  test.each([
    ['oapi.dingtalk.com', 443, true],
    ['OAPI.DingTalk.COM', 443, true],
    ['oapi.dingtalk.com.', 443, true],
    ['oapi.dingtalk.com.evil.example', 443, false],
    ['evil-oapi.dingtalk.com', 443, false],
    ['dingtalk.com', 443, false],
    ['sms.city.example', 80, true],
    ['a.b.city.example', 80, true],
    ['city.example', 80, false],
    ['evilcity.example', 80, false],
    ['mail.gov.example', 465, true],
    ['mail.gov.example', 25, false],
    ['10.3.9.9', 80, true],
    ['10.4.0.1', 80, false],
    ['8.8.8.8', 80, false],
    ['[fd00:7::9]', 80, true],
    ['[::1]', 80, false],
    ['[::ffff:10.3.0.1]', 80, true],
    ['[::ffff:127.0.0.1]', 80, false],
    ['localhost', 80, false],
    ['', 80, false],
  ])('%s:%d: %s', (host, port, may) => {
    expect(new OutHosts(LIST).allowsHost(host, port)).toBe(may);
  });
});

describe('at which addresses', () => {
  test.each<readonly [string, boolean]>([
    ['203.119.24.1', true],
    ['::ffff:203.119.24.1', true],
    ['::ffff:7f00:1', false],
    ['2408:8000::1', true],
    ['10.3.255.255', true],
    ['fd00:7::1', true],
    ...[
      '10.4.0.1',
      '127.0.0.1',
      '127.255.0.1',
      '0.0.0.0',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
      'fd00:8::1',
      '::ffff:127.0.0.1',
      '::ffff:10.4.0.1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'not an address',
      '',
    ].map((address) => [address, false] as const),
  ])('%s: %s', (address, may) => {
    expect(new OutHosts(LIST).allowsAddress(address)).toBe(may);
  });
});

test.each([
  'http://a.example',
  'a b',
  '127.1',
  '0x7f.1',
  '2130706433',
  '10.0.0.0/33',
  '*',
  '*.',
  '-a.example',
  '',
])('%j is no entry', (entry) => {
  expect(() => new OutHosts([entry])).toThrow();
});

const ask = (door: OutDoor, url: string, more: Partial<OutRequest> = {}) =>
  door.request({
    method: 'POST',
    url: new URL(url),
    headers: {},
    body: 'x',
    signal: new AbortController().signal,
    ...more,
  });

describe('whoever sets up a channel cannot reach what is inside', () => {
  const never = async () => {
    throw new Error('nobody should have been asked for the address');
  };
  const closed = new OutDoor({ hosts: new OutHosts(['ok.example']), resolve: never });

  test.each([
    'file:///etc/passwd',
    'ftp://ok.example/',
    'gopher://ok.example/',
    'data:text/plain,x',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://localhost/',
    'http://ok.example.evil.example/',
    'http://ok.example@127.0.0.1/',
    'http://user:secret@ok.example/',
  ])('%s', async (url) => {
    await expect(ask(closed, url)).rejects.toThrow(/OUT_HOSTS|no way to send|in every log/);
  });

  test('by a name that leads inside', async () => {
    for (const address of ['127.0.0.1', '169.254.169.254', '10.0.0.8', '::1', '::ffff:127.0.0.1']) {
      const door = new OutDoor({ hosts: new OutHosts(['ok.example']), resolve: async () => [address] });
      await expect(ask(door, 'http://ok.example/')).rejects.toThrow(/not public/);
    }
  });

  test('by a name that leads somewhere else each time it is asked: what was looked at is what is gone to', async () => {
    const inside = await Receiver.start(() => ({ body: 'the crown jewels' }));
    const port = new URL(inside.url).port;
    let asked = 0;
    const door = new OutDoor({
      hosts: new OutHosts(['ok.example', '127.0.0.2']),
      // The first answer is allowed, where nobody listens; every later one leads inside.
      resolve: async () => [asked++ === 0 ? '127.0.0.2' : '127.0.0.1'],
    });
    await expect(ask(door, `http://ok.example:${port}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(asked).toBe(1);
    await expect(ask(door, `http://ok.example:${port}/`)).rejects.toThrow(/not public/);
    expect(inside.asked).toEqual([]);
    await inside.stop();
  });

  test('of several addresses only those are gone to that may be', async () => {
    const inside = await Receiver.start(() => ({ body: 'ok' }));
    const port = new URL(inside.url).port;
    const door = new OutDoor({
      hosts: new OutHosts(['ok.example', '127.0.0.1']),
      resolve: async () => ['127.0.0.3', '127.0.0.1'],
    });
    expect(await ask(door, `http://ok.example:${port}/`)).toMatchObject({ status: 200, body: 'ok' });
    await inside.stop();
  });
});

test('a name server that says nothing keeps nobody waiting', async () => {
  const door = new OutDoor({
    hosts: new OutHosts(['ok.example']),
    resolve: () => new Promise(() => undefined),
  });
  const given = new AbortController();
  const asked = ask(door, 'http://ok.example/', { signal: given.signal });
  given.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});
