/**
 * The console's built files.
 *
 * Invariants:
 * 1. What is answered with is a regular file that the folder held when it was listed, found by its exact name. A path
 *    from outside is compared with those names and never joined to a folder, so that no path leads out of it; links are
 *    not followed.
 * 2. Any other page that a browser navigates to is `index.html`: the console's own router takes it from there.
 * 3. Nothing inline runs or styles, nothing is fetched from elsewhere, nobody frames it (Content-Security-Policy).
 * 4. What lies in `/assets/` has its hash in its name and never changes; all else is asked for again each time.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { constants as flags } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { toErrorRecord } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { CONSOLE_HEADERS } from './console-headers.ts';
import { notBuiltPage } from './not-built-page.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
/** What is compressed already gains nothing. */
const PACKED = new Set(['.png', '.woff2', '.ico']);
const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
type Coding = (typeof CODINGS)[number][0];

const INDEX = '/index.html';
const ASSETS = '/assets/';
/** Below these there is nothing but the API: who asks for what is not there is told so. */
const API = /^\/(?:v1|admin)(?:\/|$)/;
/** More than that is no console. */
const MAX_FILES = 2000;

const compress = {
  br: (bytes: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }),
  gzip: (bytes: Buffer): Promise<Buffer> =>
    promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

interface Content {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** One file, read and compressed when it is first asked for. */
class ConsoleFile {
  readonly #path: string;
  /** Codings that the build has made. */
  readonly #made: ReadonlySet<string>;
  readonly type: string;
  readonly packed: boolean;
  readonly #contents = new Map<Coding | 'identity', Promise<Content>>();

  constructor(path: string, made: ReadonlySet<string>) {
    this.#path = path;
    this.#made = made;
    const extension = extname(path).toLowerCase();
    this.type = MEDIA_TYPES[extension] ?? 'application/octet-stream';
    this.packed = PACKED.has(extension);
  }

  content(coding: Coding | 'identity'): Promise<Content> {
    const known = this.#contents.get(coding);
    if (known !== undefined) return known;
    const made = this.#read(coding).then((bytes) => ({
      bytes,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    }));
    this.#contents.set(coding, made);
    // The next one who asks tries again.
    made.catch(() => this.#contents.delete(coding));
    return made;
  }

  async #read(coding: Coding | 'identity'): Promise<Buffer> {
    if (coding === 'identity') return readPlain(this.#path);
    const suffix = CODINGS.find(([name]) => name === coding)?.[1] ?? '';
    if (this.#made.has(suffix)) return readPlain(this.#path + suffix);
    const { bytes } = await this.content('identity');
    return compress[coding](bytes);
  }
}

/** Also where a link has taken the file's place since it was listed. Windows knows no such flag. */
function readPlain(path: string): Promise<Buffer> {
  return readFile(path, { flag: flags.O_RDONLY | (flags.O_NOFOLLOW ?? 0) });
}

interface Listing {
  readonly files: ReadonlyMap<string, ConsoleFile>;
  /** Changes with a build. */
  readonly builtAt: number;
}

const NOTHING: Listing = { files: new Map(), builtAt: 0 };

export class ConsoleFiles {
  readonly #folder: string;
  readonly #log: Pick<Log, 'warn'>;
  #listing: Promise<Listing> | null = null;

  constructor(folder: string, log: Pick<Log, 'warn'>) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * What a request for something that is no route gets: a file, a page, or null where the console has nothing to say.
   *
   * @param path as it was sent
   */
  async answer(
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
  ): Promise<Response | null> {
    if ((method !== 'GET' && method !== 'HEAD') || API.test(path)) return null;
    const isPage = acceptsHtml(headers.accept) && isPagePath(path);
    const { files } = await this.#list(isPage);
    const file = files.get(path);
    if (file !== undefined) return send(file, path, method, headers);
    if (!isPage) return null;
    const index = files.get(INDEX);
    return index === undefined ? notBuiltPage(method) : send(index, INDEX, method, headers);
  }

  /** @param fresh whether a build since counts */
  async #list(fresh: boolean): Promise<Listing> {
    const known = this.#listing === null ? null : await this.#listing;
    if (known !== null && (!fresh || known.builtAt === (await this.#builtAt()))) return known;
    this.#listing = this.#read();
    return this.#listing;
  }

  async #builtAt(): Promise<number> {
    try {
      return (await stat(join(this.#folder, 'index.html'))).mtimeMs;
    } catch {
      return 0;
    }
  }

  async #read(): Promise<Listing> {
    const builtAt = await this.#builtAt();
    if (builtAt === 0) return NOTHING;
    try {
      const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
      const names = new Set(
        entries
          // A link is no file here, wherever it leads.
          .filter((entry) => entry.isFile())
          .slice(0, MAX_FILES)
          .map((entry) => relative(this.#folder, join(entry.parentPath, entry.name))),
      );
      const files = new Map<string, ConsoleFile>();
      for (const name of names) {
        if (CODINGS.some(([, suffix]) => name.endsWith(suffix))) continue;
        const made = new Set(
          CODINGS.map(([, suffix]) => suffix).filter((suffix) => names.has(name + suffix)),
        );
        files.set(`/${name.split(sep).join('/')}`, new ConsoleFile(join(this.#folder, name), made));
      }
      return { files, builtAt };
    } catch (error) {
      const { message } = toErrorRecord(error);
      this.#log.warn({ folder: this.#folder, message }, "the console's files cannot be read");
      return NOTHING;
    }
  }
}

async function send(
  file: ConsoleFile,
  path: string,
  method: string,
  headers: IncomingHttpHeaders,
): Promise<Response> {
  const coding = file.packed ? 'identity' : codingOf(headers['accept-encoding']);
  const { bytes, etag } = await file.content(coding);
  const common = {
    ...CONSOLE_HEADERS,
    'cache-control': path.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    ...(file.packed ? {} : { vary: 'accept-encoding' }),
  };
  if (headers['if-none-match']?.split(',').some((one) => one.trim() === etag) === true)
    return new Response(null, { status: 304, headers: common });
  return new Response(method === 'HEAD' ? null : new Uint8Array(bytes), {
    status: 200,
    headers: {
      ...common,
      'content-type': file.type,
      'content-length': String(bytes.length),
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
    },
  });
}

/** The best coding that is taken (RFC 9110 §12.5.3); one with the weight 0 is not. */
function codingOf(accepted: string | undefined): Coding | 'identity' {
  const taken = new Set(
    (accepted ?? '').split(',').flatMap((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
      return parameters.some((part) => /^q=0(?:\.0*)?$/.test(part)) ? [] : [name];
    }),
  );
  return CODINGS.find(([name]) => taken.has(name))?.[0] ?? 'identity';
}

function acceptsHtml(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true;
}

/** Whether a browser could have made this path of an address: no dot segments, no control characters, no half escapes. */
function isPagePath(path: string): boolean {
  if (path.startsWith(ASSETS) || path.includes('\\') || path.startsWith('//')) return false;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return false;
  }
  return !/[\u0000-\u001f\u007f]/.test(decoded) && !/(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(decoded);
}
