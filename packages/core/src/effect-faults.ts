/**
 * What is wrong with an effect's options taken together, beyond the type of each.
 *
 * @module
 */
import { keyTemplateFault } from './effect-key.ts';
import type { EffectFacts, EffectOptions } from './effect-options.ts';
import type { Fault } from './errors.ts';
import { findReferences } from './references.ts';
import { DEFAULT_CONCURRENCY, type ProviderSettings } from './release.ts';
import { isUrlOfInput, parseTemplate } from './template.ts';
import { parseDuration } from './time.ts';

/** Headers that carry nothing but credentials. */
const CREDENTIAL_HEADER =
  /^(authorization|proxy-authorization|cookie|x-api-key|api-key|x-auth-token)$/i;

/** Where credentials stand as they are, and what should stand there. */
function openSecrets(provider: ProviderSettings): [at: string, instead: string][] {
  const isLiteral = (text: string): boolean =>
    parseTemplate(text).every(({ kind }) => kind === 'text');
  switch (provider.kind) {
    case 'http':
    case 'gateway':
      return Object.entries(provider.headers)
        .filter(([name, value]) => CREDENTIAL_HEADER.test(name) && isLiteral(value))
        .map(([name]) => [`provider.headers.${name}`, 'secret://NAME in its place']);
    case 'smtp':
      return provider.auth !== undefined && isLiteral(provider.auth.password)
        ? [['provider.auth.password', 'secret://NAME']]
        : [];
    case 'function':
    case 'echo':
    case 'mqtt':
      return [];
  }
}

function holdsSecret(...parts: readonly unknown[]): boolean {
  return findReferences(JSON.stringify(parts)).some(({ scheme }) => scheme === 'secret');
}

type Add = (at: string, message: string) => void;

/** Empty when all is well; `at` names the option. */
export function effectFaults(
  facts: EffectFacts,
  options: EffectOptions,
  provider: ProviderSettings,
  hasCheck: boolean,
): Fault[] {
  const faults: Fault[] = [];
  const add: Add = (at, message) => void faults.push({ at, message });
  checkLimits(options, add);
  checkProvider(facts, options, provider, add);
  checkDoubt(options, hasCheck, add);
  const { timeout } = options;
  if (timeout !== undefined && parseDuration(timeout) < 1) add('timeout', 'must be at least 1 ms');
  return faults;
}

function checkLimits(options: EffectOptions, add: Add): void {
  const { key, concurrency = DEFAULT_CONCURRENCY, concurrencyPerTenant = concurrency } = options;
  for (const at of ['rate', 'ratePerKey'] as const) {
    const given = options[at];
    if (given === undefined) continue;
    if (parseDuration(given.per) < 1) add(`${at}.per`, 'must be at least 1 ms');
    if ((given.burst ?? 1) > given.limit) add(`${at}.burst`, 'is more than limit');
  }
  const keyFault = key === undefined ? null : keyTemplateFault(key);
  if (keyFault !== null) add('key', keyFault);
  for (const at of ['concurrencyPerKey', 'ratePerKey'] as const) {
    if (options[at] !== undefined && key === undefined) {
      add(at, `needs key: what its calls have in common, for example key: '{account}'`);
    }
  }
  if (concurrencyPerTenant > concurrency) add('concurrencyPerTenant', 'is more than concurrency');
}

function checkProvider(
  { hasFunction }: EffectFacts,
  { group }: EffectOptions,
  provider: ProviderSettings,
  add: Add,
): void {
  const { kind } = provider;
  if (kind === 'function' && !hasFunction) {
    add('provider', 'has neither a function nor a provider: give it one of them');
  }
  if (kind === 'smtp' && provider.text === undefined && provider.html === undefined) {
    add('provider', 'has neither text nor html: a message needs one of them');
  }
  for (const [at, what] of openSecrets(provider)) {
    add(at, `holds a secret in the clear, which would be part of the release: write ${what}`);
  }
  if (kind === 'http') {
    const { url, headers, body, check } = provider;
    const ofInput =
      'comes from the input, and headers or body hold a secret: anybody who gives a URL would be sent it';
    if (isUrlOfInput(url) && holdsSecret(url, headers, body)) add('provider.url', ofInput);
    if (check !== undefined && isUrlOfInput(check.url) && holdsSecret(check.url, headers))
      add('provider.check.url', ofInput);
  }
  if (kind === 'mqtt' && group !== undefined) {
    add('group', 'is not for "mqtt": the server itself publishes to its broker');
  }
}

function checkDoubt({ inDoubt, idempotency }: EffectOptions, hasCheck: boolean, add: Add): void {
  if (inDoubt === 'retry' && idempotency === undefined) {
    add(
      'inDoubt',
      '"retry" needs idempotency.window: how long the target honours an idempotency key. Without that promise a second try could act twice; use "check" or "hold"',
    );
  }
  if (inDoubt === 'check' && !hasCheck) {
    add(
      'inDoubt',
      '"check" needs a `check`: how to ask the target whether an earlier try took effect',
    );
  }
}
