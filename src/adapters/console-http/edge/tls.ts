import { constants } from 'node:crypto';
import { seconds } from '../../../domain/time.ts';

/**
 * HTTPS for browsers and platforms, which are renewed more often than devices: every cipher authenticates what it encrypts
 * and has a key of its own for each connection, so that a stolen private key opens nothing that was recorded.
 */
export const TLS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE+AESGCM',
    'ECDHE+CHACHA20',
  ].join(':'),
  // Who begins anew costs us more than themselves.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const;

/** A connection that begins no TLS, or never ends beginning, holds a place for so long; Node's own limit is two minutes. */
export const TLS_WITHIN = seconds(10);
