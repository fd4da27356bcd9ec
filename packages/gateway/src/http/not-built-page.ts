/** What a browser gets where the console has not been built: from a checkout, before the first build. */
import { CONSOLE_HEADERS } from './console-headers.ts';

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Holdfast</title></head>
<body>
<h1>Holdfast runs; its console is not built</h1>
<p>In the checkout, run</p>
<pre>npm run build</pre>
<p>and load this page again. The server need not be restarted.</p>
<p>The API works without it: <a href="/openapi.json">/openapi.json</a> describes it.</p>
</body>
</html>
`;

export function notBuiltPage(method: string): Response {
  return new Response(method === 'HEAD' ? null : PAGE, {
    status: 503,
    headers: {
      ...CONSOLE_HEADERS,
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    },
  });
}
