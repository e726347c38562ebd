import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands between a client of PostgreSQL and the server, and cuts the line where a test wants it: it knows where one message of the
 * client's ends and the next begins (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
export class CuttingLine {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #cut: Cut | null = null;
  #isApart = false;
  #behind: number;
  /** Messages of clients that have passed, those of connecting among them. */
  messages = 0;

  private constructor(behind: number) {
    this.#behind = behind;
    this.#server = createServer({ noDelay: true }, (client) => {
      const line: Line = new Line(client, connect({ port: this.#behind, host: '127.0.0.1', noDelay: true }), {
        passes: () => this.#passes(line),
        answered: () => this.#cut?.at === 'answer' && this.#cut.after <= 0 && this.#end(),
      });
      this.#lines.add(line);
      if (this.#isApart) line.hang();
      line.whenGone(() => this.#lines.delete(line));
    });
  }

  static async start(behind: number): Promise<CuttingLine> {
    const made = new CuttingLine(behind);
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lines from now on lead to another server, as a balancer does after a change of the primary; those that there are end. */
  leadTo(port: number): void {
    this.#behind = port;
    this.cut();
  }

  /** So many more messages reach the server, and with the next one the line is cut: before the server has read it. */
  cutAfter(messages: number): void {
    this.#cut = { at: 'message', after: messages };
  }

  /** So many more messages reach the server, whose next answer nobody hears. */
  cutAnswerAfter(messages: number): void {
    this.#cut = { at: 'answer', after: messages };
  }

  /** Nothing passes any more, in no direction, and nobody hears of it. */
  hang(): void {
    for (const line of this.#lines) line.hang();
  }

  /** As `hang`, and new lines hang as well: the network is parted. Until `cut`. */
  part(): void {
    this.#isApart = true;
    this.hang();
  }

  /** All lines are cut. */
  cut(): void {
    this.#isApart = false;
    this.#end();
  }

  async stop(): Promise<void> {
    this.#end();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #passes(line: Line): boolean {
    this.messages += 1;
    const cut = this.#cut;
    if (cut === null) return true;
    if (cut.after > 0) {
      cut.after -= 1;
      return true;
    }
    if (cut.at === 'message') this.#end();
    return cut.at === 'answer' && !line.isGone;
  }

  #end(): void {
    this.#cut = null;
    for (const line of this.#lines) line.end();
  }
}

type Cut = { readonly at: 'message' | 'answer'; after: number };

class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  /** The first message has no letter before its length. */
  #head = 0;
  #waiting = Buffer.alloc(0);
  #hangs = false;
  isGone = false;

  constructor(client: Socket, server: Socket, hear: { passes: () => boolean; answered: () => unknown }) {
    this.#client = client;
    this.#server = server;
    client.on('data', (bytes) => this.#forward(bytes, hear.passes));
    server.on('data', (bytes) => {
      hear.answered();
      if (!this.isGone && !this.#hangs) client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('error', () => this.end());
      socket.on('close', () => this.end());
    }
  }

  whenGone(then: () => void): void {
    this.#client.once('close', then);
  }

  hang(): void {
    this.#hangs = true;
  }

  end(): void {
    this.isGone = true;
    this.#client.resetAndDestroy();
    // What has been handed over reaches the server all the same.
    this.#server.end();
  }

  #forward(bytes: Buffer, passes: () => boolean): void {
    if (this.#hangs) return;
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    while (!this.isGone && this.#waiting.length >= this.#head + 4) {
      const length = this.#head + this.#waiting.readUInt32BE(this.#head);
      if (this.#waiting.length < length) return;
      const message = this.#waiting.subarray(0, length);
      this.#waiting = this.#waiting.subarray(length);
      this.#head = 1;
      if (passes()) this.#server.write(message);
    }
  }
}
