import { describe, expect, test } from 'vitest';
import {
  addressBlock,
  addressesIn,
  isLoopback,
  isLoopbackHost,
} from '../../src/adapters/shared/peer-address.ts';

describe('whose address it is', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::FFFF:127.0.0.1', true],
    ['1127.0.0.1', false],
    ['127.evil.example', false],
    ['10.0.0.1', false],
    ['unknown', false],
    ['', false],
  ])('whether %j is this machine: %s', (address, is) => {
    expect(isLoopback(address)).toBe(is);
    expect(isLoopbackHost(address)).toBe(is);
  });

  test('a host may be called by its name', () => {
    expect(isLoopbackHost('localhost')).toBe(true);
    expect(isLoopbackHost('localhost.evil.example')).toBe(false);
  });

  test.each([
    ['10.0.0.5', true],
    ['::ffff:10.0.0.5', true],
    ['10.1.7.7', true],
    ['10.2.0.1', false],
    ['fd00::9', true],
    ['fe00::9', false],
    ['', false],
  ])('whether %j is on the list: %s', (address, is) => {
    expect(addressesIn(['10.0.0.5', '10.1.0.0/16', 'fd00::/8'])(address)).toBe(is);
  });

  test('nobody is on an empty list', () => {
    expect(addressesIn([])('127.0.0.1')).toBe(false);
  });

  test.each([
    ['10.0.0.5', '10.0.0.5'],
    ['::ffff:10.0.0.5', '10.0.0.5'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s counts as %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });
});
