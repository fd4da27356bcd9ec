import type { Log } from '@holdfast/engine';
import { VERSION } from '../cli/version.ts';
import type { ServerSettings } from '../config/settings.ts';
import { secretOf } from '../secrets/secret-of.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { systemClock } from '../threads/system-clock.ts';
import type { SendSpans } from './otlp-sender.ts';
import { SpanExporter } from './span-exporter.ts';

/** What takes the server's spans; null when the configuration names no collector. */
export function createTracing(
  { endpoint, headers, service }: ServerSettings['tracing'],
  secrets: Pick<SecretStore, 'get'>,
  log: Log,
): SpanExporter | null {
  if (endpoint === undefined) return null;
  const target = {
    url: tracesUrl(endpoint),
    service,
    version: VERSION,
    headers: () => Object.fromEntries(headers.map((written) => headerOf(written, secrets))),
  };
  let sender: Promise<SendSpans> | null = null;
  const send: SendSpans = async (spans) => {
    sender ??= import('./otlp-sender.ts').then(({ otlpSender }) => otlpSender(target));
    const sendNow = await sender;
    await sendNow(spans);
  };
  return new SpanExporter({ send, clock: systemClock, log });
}

/** `NAME=secret://SECRET`: its name and the secret's value. */
function headerOf(written: string, secrets: Pick<SecretStore, 'get'>): readonly [string, string] {
  const [name = '', secret = ''] = written.split('=secret://');
  return [name, secretOf(secret, secrets)];
}

/** Collectors take traces at `/v1/traces` below their address (OTLP specification, "OTLP/HTTP Request"). */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (!path.endsWith('/v1/traces')) url.pathname = `${path}/v1/traces`;
  return url.href;
}
