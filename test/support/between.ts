import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: string;
};
export type Meddling =
  /** As if nothing stood between. */
  | 'pass'
  /** Answers by itself; the server behind hears nothing. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The connection is cut; the server behind hears nothing. */
  | 'cut'
  /** The server behind takes it, and nobody hears the answer. */
  | 'cut the answer'
  /** The server behind takes it, and half of the answer's head comes back. */
  | 'cut in the answer'
  /** Never answers. */
  | 'hang'
  /** The answer comes when this is done. */
  | { readonly answerAfter: Promise<void> };

/** Stands between a client and an HTTP server, and meddles. */
export class Between {
  readonly #server: Server;
  readonly #behind: string;
  /** What it does with the next requests. */
  meddle: (asked: Asked) => Meddling = () => 'pass';
  /** Everything that was asked. */
  readonly asked: Asked[] = [];
  url = '';

  private constructor(behind: string) {
    this.#behind = behind;
    this.#server = createServer((req, res) => {
      this.#take(req, res).catch(() => req.socket.resetAndDestroy());
    });
  }

  static async start(behind: string): Promise<Between> {
    const made = new Between(behind);
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    made.url = `http://127.0.0.1:${(made.#server.address() as AddressInfo).port}`;
    return made;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const asked = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers: req.headers,
      body: (req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8'),
    };
    this.asked.push(asked);
    const meddling = this.meddle(asked);
    if (meddling === 'hang') return;
    if (meddling === 'cut') {
      req.socket.resetAndDestroy();
    } else if (meddling === 'cut the answer') {
      await this.#forward(req, body);
      req.socket.resetAndDestroy();
    } else if (meddling === 'cut in the answer') {
      await this.#forward(req, body);
      req.socket.write('HTTP/1.1 204 No Con', () => req.socket.resetAndDestroy());
    } else if (meddling === 'pass' || 'answerAfter' in meddling) {
      const answer = await this.#forward(req, body);
      if (meddling !== 'pass') await meddling.answerAfter;
      res.writeHead(answer.status, answer.headers).end(answer.body);
    } else res.writeHead(meddling.status, meddling.headers).end(meddling.body ?? '');
  }

  #forward(
    req: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { host: _, ...headers } = req.headers;
      const onwards = request(`${this.#behind}${req.url}`, { method: req.method, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const { 'transfer-encoding': __, ...kept } = answer.headers as Record<string, string>;
          resolve({ status: answer.statusCode ?? 0, headers: kept, body: Buffer.concat(chunks) });
        });
      });
      onwards.on('error', reject);
      onwards.end(body);
    });
  }
}
