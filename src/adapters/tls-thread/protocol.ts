import type { Address, TlsMaterial } from '../../flow/ports/broker.ts';
import type { TlsSetup } from '../../flow/ports/tls-listener.ts';

/** What the thread begins with. Port 0 = any free one. */
export type Setup = TlsSetup & Address;

/**
 * Bytes of one connection that may be on their way from one thread to the other, or wait there. Both sides tell what
 * they have taken of it when it is a part worth a word.
 */
export const ON_THE_WAY = 64 * 1024;
export const WORTH_A_WORD = 16 * 1024;

/** From the thread, beside batches of bytes. */
export type FromThread =
  | { readonly is: 'listening'; readonly host: string; readonly port: number }
  | { readonly is: 'deaf'; readonly why: string }
  /** A TCP connection. Nothing is read of it until it is asked for. */
  | { readonly is: 'arrived'; readonly id: number; readonly address: string; readonly port: number }
  /** Its TLS has come about. `certificate`: the one common name of its certificate, where one was demanded and has one. */
  | { readonly is: 'secured'; readonly id: number; readonly certificate: string | null }
  /** No TLS has come about, and why: a code of OpenSSL or Node. It is closed then. */
  | { readonly is: 'failed'; readonly id: number; readonly code: string }
  /** It never began TLS. It is closed then. */
  | { readonly is: 'late'; readonly id: number }
  /** The peer will send no more. */
  | { readonly is: 'ended'; readonly id: number }
  /** What it was given to send before `end` has been sent. */
  | { readonly is: 'finished'; readonly id: number }
  | { readonly is: 'closed'; readonly id: number; readonly code: string | null }
  | { readonly is: 'full'; readonly address: string }
  | { readonly is: 'trouble'; readonly why: string };

/** To the thread, beside batches of bytes. */
export type ToThread =
  | { readonly is: 'admit'; readonly id: number }
  | { readonly is: 'end'; readonly id: number }
  | { readonly is: 'destroy'; readonly id: number }
  | { readonly is: 'renew'; readonly material: TlsMaterial }
  | { readonly is: 'close' };

/** As Node takes it. */
export const contextOf = ({ cert, key, ca }: TlsMaterial) => ({ cert, key, ...(ca === null ? {} : { ca }) });
