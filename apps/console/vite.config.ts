/**
 * How the console is built and developed. `scripts/build-console.mjs` builds with it; `npx vite` in this folder serves
 * it with live reload, and hands the API's paths to a real server (README.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin, ProxyOptions } from 'vite';

const HERE = import.meta.dirname;
const SERVER = process.env['HOLDFAST_URL'] ?? 'http://127.0.0.1:7420';

/** The one script before the first paint: a hashed file of its own, since the policy allows none inline. */
function themeFirst(): Plugin {
  const source = join(HERE, 'src/app/theme-first.js');
  let reference: string | undefined;
  return {
    name: 'holdfast-theme-first',
    buildStart() {
      if (this.meta.watchMode || this.environment.mode !== 'build') return;
      const text = readFileSync(source, 'utf8');
      reference = this.emitFile({ type: 'asset', name: 'theme-first.js', source: text });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = bundle['index.html'];
        if (reference === undefined || page?.type !== 'asset') return;
        const tag = `<script src="/${this.getFileName(reference)}"></script>`;
        page.source = String(page.source).replace('<title>', `${tag}\n    <title>`);
      },
    },
  };
}

/** What is the server's in development. A page's address is the console's, whatever it begins with. */
function toServer(): Record<string, ProxyOptions> {
  const key = process.env['HOLDFAST_KEY'];
  const options: ProxyOptions = {
    target: SERVER,
    changeOrigin: true,
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
  };
  return { '/v1': options, '/info': options, '/health': options, '/openapi.json': options };
}

export default defineConfig({
  root: HERE,
  base: '/',
  publicDir: false,
  plugins: [react(), tailwindcss(), themeFirst()],
  server: { host: '127.0.0.1', proxy: toServer() },
  build: {
    target: 'es2023',
    sourcemap: false,
    // A data: URL would be markup inside markup; a file is cached and checked like any other.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { hashCharacters: 'base36' } },
  },
});
