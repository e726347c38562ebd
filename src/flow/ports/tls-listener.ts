import type { Duration } from '../../domain/time.ts';
import type { Address, TlsMaterial } from './broker.ts';

/** A listener that ends TLS, for whoever hears what clients say within it. */
export type TlsListener = {
  /** @param port 0 = any free one. @throws when it cannot listen there */
  listen(host: string, port: number): Promise<Address>;
  /** New certificates, for connections from now on. @throws when they are none; the old ones stay then */
  renew(material: TlsMaterial): void;
  /** No new connections. */
  close(): void;
  /** Ends every connection and whatever it runs. */
  end(): Promise<void>;
};

export type TlsSetup = {
  /** With an authority, a certificate that it has signed is demanded of everybody. */
  readonly material: TlsMaterial;
  /** From the TCP connection to the whole ClientHello, and from there to the end of the handshake. */
  readonly within: Duration;
  readonly connections: number;
  /** Idle time after which TCP asks whether the peer is still there. */
  readonly tcpKeepAlive: Duration;
};

/** What is told of connections; `S` stands for one from its TCP on. */
export type TlsHears<S> = {
  /** A TCP connection, before anything of it was read. It goes no further when it has been destroyed in here. */
  arrived(socket: S): void;
  /** @param certificate the one common name of its certificate; `null`: none was demanded, or it has not exactly one */
  secured(socket: S, certificate: string | null): void;
  /** No TLS has come about, with a code of OpenSSL or Node; the socket is destroyed then. */
  failed(socket: S, code: string): void;
  /** It never began TLS; the socket is destroyed then. */
  late(socket: S): void;
  /** Somebody was sent away because all connections are in use. */
  full(address: string): void;
  /** Something is wrong with the listener; it goes on. */
  trouble(why: string): void;
};
