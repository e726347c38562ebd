import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { Authority, textsOf } from '../support/certificates.ts';

describe('certificates in the configuration', () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-tls-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const authority = new Authority(dir);
  const pair = authority.issue('localhost');
  const other = authority.issue('localhost', 'other');

  test('are read from files, or stand in the value itself', () => {
    const { cert, key } = textsOf(pair);
    const trimmed = cert.trimEnd();
    expect(
      readConfig({
        LIFELINE_MQTTS_PORT: '8883',
        LIFELINE_MQTTS_CERT_FILE: pair.cert,
        LIFELINE_MQTTS_KEY: key,
        LIFELINE_MQTTS_CA_FILE: authority.pair.cert,
        LIFELINE_HTTP_TLS_CERT_FILE: pair.cert,
        LIFELINE_HTTP_TLS_KEY_FILE: pair.key,
      }),
    ).toMatchObject({
      LIFELINE_MQTTS_CERT: trimmed,
      LIFELINE_HTTP_TLS_CERT: trimmed,
      LIFELINE_MQTTS_PORT: 8883,
    });
  });

  test('anybody may try on loopback alone, over TLS as well', () => {
    const env = {
      LIFELINE_MQTT_ANONYMOUS: 'true',
      LIFELINE_MQTTS_PORT: '8883',
      LIFELINE_MQTTS_CERT_FILE: pair.cert,
      LIFELINE_MQTTS_KEY_FILE: pair.key,
    };
    expect(readConfig(env).LIFELINE_MQTT_ANONYMOUS).toBe(true);
    expect(() => readConfig({ ...env, LIFELINE_MQTTS_HOST: '0.0.0.0' })).toThrow(
      /LIFELINE_MQTT_ANONYMOUS=true is accepted only while LIFELINE_MQTTS_HOST is a loopback address/,
    );
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a port alone',
      { LIFELINE_MQTTS_PORT: '8883' },
      /also needs LIFELINE_MQTTS_CERT_FILE and LIFELINE_MQTTS_KEY_FILE/,
    ],
    [
      'no port',
      { LIFELINE_MQTTS_CERT_FILE: pair.cert, LIFELINE_MQTTS_KEY_FILE: pair.key },
      /LIFELINE_MQTTS_PORT is not/,
    ],
    ['a key alone', { LIFELINE_HTTP_TLS_KEY_FILE: pair.key }, /LIFELINE_HTTP_TLS_CERT is missing/],
    ['a certificate alone', { LIFELINE_HTTP_TLS_CERT_FILE: pair.cert }, /LIFELINE_HTTP_TLS_KEY is missing/],
    [
      'the key of another',
      { LIFELINE_HTTP_TLS_CERT_FILE: pair.cert, LIFELINE_HTTP_TLS_KEY_FILE: other.key },
      /LIFELINE_HTTP_TLS_KEY: what is in .*other\.key is not the private key of the certificate in .*localhost\.pem/,
    ],
    [
      'a key as certificate',
      { LIFELINE_HTTP_TLS_CERT_FILE: pair.key, LIFELINE_HTTP_TLS_KEY_FILE: pair.key },
      /LIFELINE_HTTP_TLS_CERT: its value is not right/,
    ],
    [
      'a file that is not there',
      { LIFELINE_HTTP_TLS_CERT_FILE: join(dir, 'none.pem') },
      /LIFELINE_HTTP_TLS_CERT_FILE names .* \(ENOENT\)/,
    ],
  ])('%s stops the start with what would be right, and shows no key', (_what, env, right) => {
    const start = () => readConfig(env);
    expect(start).toThrow(right);
    try {
      start();
    } catch (e) {
      expect((e as Error).message).not.toContain(readFileSync(pair.key, 'utf8').split('\n')[1]);
    }
  });
});
