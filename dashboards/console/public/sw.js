// While the service does not answer, a reload shows this page instead of the browser's own, and tries again by itself.
// Nothing of the console is kept here: what a desk shows always comes from the service.
const PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>服务无应答 · No answer</title></head>
<body style="margin:0;min-height:100vh;display:grid;place-items:center;background:#1b2026;color:#e6e8ea;font-family:sans-serif">
<main style="max-width:36em;padding:24px;line-height:1.6" data-part="no-answer">
<h1 style="font-size:20px;background:#ff4d4f;color:#000;padding:8px 12px">服务无应答：此刻看不到新报警</h1>
<p>请立即通知系统管理员，并以电话等方式加强值守。每 3 秒自动重试，恢复后自动打开。</p>
<h2 style="font-size:18px;background:#ff4d4f;color:#000;padding:8px 12px" lang="en">The service does not answer: new alarms are not seen here</h2>
<p lang="en">Tell the administrator at once, and keep watch by other means. This page tries again every 3 s, and opens by itself.</p>
</main></body></html>`;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (e) => {
  if (e.request.mode !== 'navigate') return;
  e.respondWith(
    fetch(e.request).catch(
      () =>
        new Response(PAGE, {
          status: 503,
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
          },
        }),
    ),
  );
});
