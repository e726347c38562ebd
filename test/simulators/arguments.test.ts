import { describe, expect, it } from 'vitest';
import { BadArguments, help, readArguments } from '../../simulators/arguments.ts';

describe('npm run simulate', () => {
  it('needs no arguments: a quiet demo city on the local broker', () => {
    expect(readArguments([])).toMatchObject({
      url: 'mqtt://127.0.0.1:1883',
      profile: 'demo',
      scenario: 'quiet',
      seed: 1,
      speed: 1,
      qos: 1,
      durationMs: null,
    });
  });

  it('understands the example of the interface page', () => {
    const given = '--profile bozhou --scenario cloudburst --seed 7 --speed 10 --duration 90s'.split(' ');
    expect(readArguments(given)).toMatchObject({
      profile: 'bozhou',
      scenario: 'cloudburst',
      seed: 7,
      speed: 10,
      durationMs: 90_000,
    });
  });

  it.each([
    ['--scenaro gas-leak', '--scenario would be right'],
    ['--sped 4', '--speed would be right'],
    ['--scenario gas-leek', 'gas-leak would be right'],
    ['--profile shanghai', 'one of demo, bozhou, hefei would be right'],
    ['--speed fast', 'a number from 0.01 to 100000 would be right'],
    ['--seed 1.5', 'a whole number would be right'],
    ['--duration 5', '90s, 15m or 2h would be right'],
    ['--url http://localhost', 'mqtt://host:port would be right'],
    ['--qos 3', 'one of 0, 1, 2 would be right'],
    ['--start 2026-01-01T08:00:00', '2026-01-01T08:00:00+08:00 would be right'],
  ])('says what would be right instead of %s', (given, right) => {
    expect(() => readArguments(given.split(' '))).toThrow(BadArguments);
    expect(() => readArguments(given.split(' '))).toThrow(right);
  });

  it('explains every flag that it knows', () => {
    expect(readArguments(['--help'])).toBeNull();
    for (const flag of Object.keys({ ...readArguments([]) })) {
      const name = flag === 'durationMs' ? 'duration' : flag;
      expect(help()).toContain(`--${name}`);
    }
  });
});
