import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Vite names these files after their content: they never change. */
const HASHED = `${sep}assets${sep}`;
const ASSETS = '/assets/';
/** No address of the page: hidden files, and ways out of a folder, plain or written in percent. */
const STRAY = /\/\.|\.\.|%(2e|2f|5c|00)/i;

/** Serves the built console. Only what lies in its folder can be asked for; dotfiles cannot. */
export async function serveConsole(app: FastifyInstance, consoleDir: string | null): Promise<void> {
  if (consoleDir === null) {
    for (const url of ['/', '/m', '/m/'])
      app.get(url, { config: { name: 'console' } }, (_request, reply) => notBuilt(reply));
    return;
  }
  // Relative, as everything: a proxy may have mounted us below a path that we do not know.
  app.get('/help', { config: { name: 'help' } }, (_request, reply) => reply.redirect('help/'));
  // The folder is all that its service worker answers for, so the page lies in it.
  app.get('/m', { config: { name: 'phone' } }, (_request, reply) => reply.redirect('m/'));
  await app.register(fastifyStatic, {
    root: consoleDir,
    prefix: '/',
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}

/**
 * The console's own addresses (`/alarms/…`, `/map`) are all `index.html`, whatever the codes in them look like; a built
 * file that is not there, and what is not asked for by a browser's address bar, are not.
 */
export function isConsoleAddress(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  return (
    request.method === 'GET' &&
    !/^\/(api|docs|help|m)(\/|$)/.test(path) &&
    !path.startsWith(ASSETS) &&
    !STRAY.test(path) &&
    (request.headers.accept ?? '').includes('text/html')
  );
}

/**
 * `index.html` for an address below the root: what it loads from beside itself (`./assets/…`) is as many folders up as
 * the address is deep. So it holds at whatever sub-path a proxy has mounted the service, and nobody says which.
 */
export function sendConsole(reply: FastifyReply, consoleDir: string | null): FastifyReply {
  if (consoleDir === null) return notBuilt(reply);
  const path = reply.request.url.split('?', 1)[0] ?? '';
  const up = '../'.repeat(Math.max(0, path.split('/').length - 2)) || './';
  const page = readFileSync(join(consoleDir, 'index.html'), 'utf8').replaceAll('"./', `"${up}`);
  const etag = `"${createHash('sha256').update(page).digest('base64url')}"`;
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('etag', etag);
  return reply.request.headers['if-none-match'] === etag
    ? reply.code(304).send()
    : reply.code(200).send(page);
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply.code(200).type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(NOT_BUILT);
}

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>lifeline-watch</title></head>
<body>
<h1>服务在运行，值班页面尚未构建</h1>
<p>请在项目目录执行 <code>npm ci</code>（不带 <code>--omit=dev</code>），然后 <code>npm start</code>，会自动构建。</p>
<h1>The service runs; its console has not been built</h1>
<p>Run <code>npm ci</code> (without <code>--omit=dev</code>) in the project's folder, and <code>npm start</code>, which builds it.</p>
<p><a href="/docs">接口文档 · API</a></p>
</body></html>
`;
