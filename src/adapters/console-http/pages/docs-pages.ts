import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

/**
 * `/docs`: the interface to read and to try. Only the files of Swagger UI are used, from the package that
 * carries them without an install script; its plugin would make a second description of our routes.
 */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  const folder = dirname(require.resolve('@fastify/swagger-ui'));
  await app.register(fastifyStatic, {
    root: join(folder, 'static'),
    prefix: '/docs/ui/',
    decorateReply: false,
    index: false,
    maxAge: '1d',
  });
  for (const path of ['/docs', '/docs/'])
    app.get(path, { config: { name: 'docs' } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(PAGE),
    );
  app.get('/docs/start.js', { config: { name: 'docs' } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START),
  );
}

const PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>lifeline-watch API</title>
<link rel="stylesheet" href="/docs/ui/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/ui/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/ui/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** `validatorUrl: null`: otherwise it would ask a foreign host for a badge. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'list',
});
`;
