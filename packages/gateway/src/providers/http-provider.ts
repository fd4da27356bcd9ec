/**
 * The `http` provider: an effect that is one HTTP request, with no code (R7.2, R8.2).
 *
 * Each request carries `Idempotency-Key` (the command id, the same for every try), `x-tenant-id`, `x-correlation-id`,
 * and where one is known `traceparent` (R13.3).
 */
import { EffectFault, isUrlOfInput, MICROS_PER_MILLI, writeTenant } from '@holdfast/core';
import type {
  Clock,
  EffectCall,
  EffectProvider,
  EffectResult,
  ProviderContext,
  ProviderSettings,
} from '@holdfast/core';
import { compileBody, compileText, compileUrl } from './compiled-template.ts';
import type { Fill } from './compiled-template.ts';
import { HttpClient } from './http-exchange.ts';
import type { HttpRequest } from './http-exchange.ts';
import { outcomeOfCall, outcomeOfCheck } from './http-outcome.ts';
import type { HttpSettings } from './http-outcome.ts';
import { hostOf, sendFollowing } from './http-redirect.ts';
import type { Followed, RedirectRules } from './http-redirect.ts';
import type { HostTrust } from './outgoing-guard.ts';
import { MAX_OUTPUT_BYTES } from './output-json.ts';
import { TemplateScope, templateFault } from './template-scope.ts';

export interface HttpProviderOptions {
  readonly clock: Clock;
  /** Largest body of an answer, in bytes. Default 1 MiB. */
  readonly maxResponseBytes?: number;
}

interface CompiledRequest {
  readonly method: string;
  readonly url: Fill<URL>;
  readonly headers: readonly (readonly [name: string, value: Fill<string>])[];
  /** Null: no body. `input`: the input as it is. */
  readonly body: Fill<string> | 'input' | null;
  /** Whether the release names the host, or the input does. */
  readonly trust: HostTrust;
}

interface CompiledSettings {
  readonly redirects: RedirectRules;
  readonly call: CompiledRequest;
  readonly check: CompiledRequest | null;
}

export class HttpProvider implements EffectProvider {
  readonly name = 'http';
  readonly #clock: Clock;
  readonly #client: HttpClient;
  readonly #maxResponseBytes: number;
  readonly #compiled = new WeakMap<HttpSettings, CompiledSettings>();

  constructor({ clock, maxResponseBytes = MAX_OUTPUT_BYTES }: HttpProviderOptions) {
    this.#clock = clock;
    this.#client = new HttpClient(clock);
    this.#maxResponseBytes = maxResponseBytes;
  }

  async execute(
    call: EffectCall,
    settings: ProviderSettings,
    context: ProviderContext,
  ): Promise<EffectResult> {
    if (settings.kind !== 'http') throw new TypeError(`settings of ${settings.kind}, not of http`);
    const compiled = this.#compile(settings);
    const wanted = call.mode === 'check' ? compiled.check : compiled.call;
    if (wanted === null) {
      const error = { code: 'check.unsupported', message: 'the effect has no check request' };
      return { kind: 'in_doubt', error };
    }
    const request = requestOf(wanted, call, context, compiled.redirects, this.#maxResponseBytes);
    const { answer, isTaken } = await this.#send(request, compiled.redirects, context.signal);
    if (call.mode === 'check') return outcomeOfCheck(answer);
    const result = outcomeOfCall(answer, settings, this.#clock.now() / MICROS_PER_MILLI);
    if (!isTaken || result.kind === 'succeeded') return result;
    // Whatever the place says that it was sent on to: the request itself was taken.
    return { kind: 'in_doubt', error: result.error };
  }

  close(): void {
    this.#client.close();
  }

  async #send(
    request: HttpRequest,
    redirects: RedirectRules,
    signal: AbortSignal,
  ): Promise<Followed> {
    try {
      return await sendFollowing(this.#client, request, redirects, signal);
    } catch (error) {
      // node:http refuses a header before it opens a connection.
      throw templateFault(error instanceof Error ? error.message : String(error));
    }
  }

  #compile(settings: HttpSettings): CompiledSettings {
    let compiled = this.#compiled.get(settings);
    if (compiled === undefined) {
      compiled = compileSettings(settings);
      this.#compiled.set(settings, compiled);
    }
    return compiled;
  }
}

function compileSettings(settings: HttpSettings): CompiledSettings {
  try {
    const headers = Object.entries(settings.headers).map(
      ([name, value]) => [name.toLowerCase(), compileText(value)] as const,
    );
    const { method, check } = settings;
    const named = new Set(settings.allowHosts?.map((host) => host.toLowerCase()));
    const trustOf = (host: string): HostTrust => (named.has(host) ? 'named' : 'given');
    const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const body =
      settings.body !== undefined ? compileBody(settings.body) : takesBody ? 'input' : null;
    return {
      redirects: { most: settings.redirects ?? 0, trustOf },
      call: { method, url: compileUrl(settings.url), headers, body, trust: trustIn(settings.url) },
      check:
        check === undefined
          ? null
          : {
              method: check.method,
              url: compileUrl(check.url),
              headers,
              trust: trustIn(check.url),
              body: check.method === 'POST' ? 'input' : null,
            },
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EffectFault({
      kind: 'not_done',
      error: { code: 'template', message: error.message },
    });
  }
}

function trustIn(urlTemplate: string): HostTrust {
  return isUrlOfInput(urlTemplate) ? 'given' : 'named';
}

function requestOf(
  { method, url: urlOf, headers, body, trust }: CompiledRequest,
  call: EffectCall,
  context: ProviderContext,
  { trustOf }: RedirectRules,
  maxBytes: number,
): HttpRequest {
  const scope = new TemplateScope(call, context);
  const list = [
    'idempotency-key',
    call.commandId,
    'x-tenant-id',
    headerText(writeTenant(call.tenant)),
    'x-correlation-id',
    headerText(call.correlationId ?? call.key),
  ];
  if (call.traceparent !== null) list.push('traceparent', headerText(call.traceparent));
  let hasAccept = false;
  let hasType = body === null;
  for (const [name, fill] of headers) {
    list.push(name, fill(scope));
    hasAccept ||= name === 'accept';
    hasType ||= name === 'content-type';
  }
  if (!hasAccept) list.push('accept', 'application/json');
  if (!hasType) list.push('content-type', 'application/json');
  const url = urlOf(scope);
  return {
    method,
    url,
    trust: trust === 'named' ? trust : trustOf(hostOf(url)),
    headers: list,
    body: body === null ? null : body === 'input' ? call.input : body(scope),
    maxBytes,
  };
}

/** RFC 9110 §5.5 leaves a header printable ASCII; anything else is percent-encoded as UTF-8. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, (other) => encodeURIComponent(other.toWellFormed()));
}
