/**
 * One request to the API and its answer, or the error it stands for. Uses what browsers and Node share.
 *
 * @module
 */
import { fromProblem, HoldfastError, parseDuration, writeTenant } from '@holdfast/core';
import type { Duration, Millis } from '@holdfast/core';

export type Fetch = typeof globalThis.fetch;

export interface TransportOptions {
  /** Where the server is, for example `http://127.0.0.1:7420`. May end in a path when a proxy adds one. */
  readonly url: string;
  /** Left out in a page of the console: there the browser's session stands for it. */
  readonly key?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Another tenant than the key's own; needs a key with the scope `admin`. `''` is the empty tenant. */
  readonly tenant?: string;
  /** Default: the platform's. */
  readonly fetch?: Fetch;
  /** Longest wait for an answer, beyond what the request itself asks the server to hold. Default 30 s. */
  readonly timeout?: Duration;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** A list is sent as several parameters of the same name. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the server is asked to hold the answer. */
  readonly held?: Millis;
  readonly signal?: AbortSignal | undefined;
  /** Statuses beside 2xx whose body is an answer rather than an error. */
  readonly alsoFine?: readonly number[];
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** An answer of the server that is an error: the problem's code, hint and faults, and the status it came with. */
export class ApiError extends HoldfastError {
  override readonly name = 'ApiError';
  readonly #status: number;
  /** Pause the server asks for before the next try; undefined when it names none. */
  readonly retryAfter: Millis | undefined;

  constructor(body: unknown, status: number, retryAfter: Millis | undefined) {
    const { code, message, hint, faults } = fromProblem(body, status);
    super(code, message, { faults, ...(hint === undefined ? {} : { hint }) });
    this.#status = status;
    this.retryAfter = retryAfter;
  }

  override get status(): number {
    return this.#status;
  }
}

export class Transport {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;
  readonly #timeout: Millis;

  /** @throws HoldfastError `request.invalid` for a URL or key that cannot be one. */
  constructor(options: TransportOptions) {
    this.#base = checkedUrl(options.url);
    const { tenant, key } = options;
    this.#headers = {
      ...options.headers,
      ...(key === undefined ? {} : { authorization: `Bearer ${checkedKey(key)}` }),
      ...(tenant === undefined ? {} : { 'x-tenant-id': encodeURIComponent(writeTenant(tenant)) }),
    };
    // Browsers refuse a fetch that is called as a method of something else.
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#timeout = parseDuration(options.timeout ?? DEFAULT_TIMEOUT_MS);
  }

  /**
   * @throws ApiError for an answer that is an error; HoldfastError `unavailable` when there was none, or none in time.
   * @throws the signal's reason, when the caller aborted.
   */
  async ask(ask: Ask): Promise<Answered> {
    const limit = AbortSignal.timeout(this.#timeout + (ask.held ?? 0));
    const signal = ask.signal === undefined ? limit : AbortSignal.any([ask.signal, limit]);
    try {
      const response = await this.send(ask, signal);
      const { status } = response;
      return { status, body: status === 204 ? undefined : await readJson(response, this.#base) };
    } catch (error) {
      if (!limit.aborted || error instanceof HoldfastError) throw error;
      const message = `no answer from ${this.#base} in time`;
      throw new HoldfastError('unavailable', message, { cause: error });
    }
  }

  /** The response itself, once its status says that it is no error. */
  async send(ask: Ask, signal: AbortSignal): Promise<Response> {
    const response = await this.#reach(ask, signal);
    if (response.ok || ask.alsoFine?.includes(response.status) === true) return response;
    throw await errorOf(response);
  }

  async #reach(ask: Ask, signal: AbortSignal): Promise<Response> {
    const hasBody = ask.body !== undefined;
    try {
      return await this.#fetch(this.#base + ask.path + queryText(ask.query), {
        method: ask.method ?? 'GET',
        headers: {
          ...this.#headers,
          ...(hasBody ? { 'content-type': 'application/json' } : {}),
          ...ask.headers,
        },
        ...(hasBody ? { body: JSON.stringify(ask.body) } : {}),
        // A key is for this server alone.
        redirect: 'error',
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new HoldfastError('unavailable', `cannot reach ${this.#base}`, {
        cause: error,
        hint: 'Is the server running, and is this its address?',
      });
    }
  }
}

function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return url.replace(/\/+$/, '');
  throw new HoldfastError('request.invalid', `${JSON.stringify(url)} is not the URL of a server`, {
    hint: 'Write for example http://127.0.0.1:7420.',
  });
}

function checkedKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new HoldfastError('auth.missing', 'the key is empty or holds characters no key has');
}

function queryText(query: Ask['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value])
      parameters.append(name, String(each));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function readJson(response: Response, base: string): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new HoldfastError('unavailable', `what answers at ${base} is no Holdfast server`, {
      cause: error,
    });
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError(
    problemIn(text),
    response.status,
    Number.isFinite(seconds) ? seconds * 1000 : undefined,
  );
}

/** The body as JSON; an error page of something in between is told by its status alone. */
function problemIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Percent-encodes one segment of a path. @throws HoldfastError `request.invalid` for what no URL can carry there. */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw new HoldfastError('request.invalid', `${JSON.stringify(text)} cannot stand in a URL`, {
      hint: 'URLs treat "." and ".." as places, however they are encoded: list instead and filter by `key`.',
    });
  }
  if (!text.isWellFormed()) {
    throw new HoldfastError('request.invalid', `${JSON.stringify(text)} holds half a character`);
  }
  return encodeURIComponent(text);
}
