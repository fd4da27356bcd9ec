/**
 * Makes effect calls: finds the settings of the release that applies, resolves references, gives the call its time,
 * and turns whatever happens into an `EffectResult`.
 *
 * 1. Never rejects, and answers each call once.
 * 2. A call whose time is up is answered even when its provider goes on: in doubt, for it may yet take effect (I4).
 * 3. In `check` mode nothing that befalls the question passes for an answer: what ends it early leaves it in doubt.
 * 4. A resolved secret appears in no log line, and is struck from errors.
 */
import { callFields, EffectFault } from '@holdfast/core';
import type {
  Clock,
  EffectCall,
  EffectError,
  EffectExecutor,
  EffectProvider,
  EffectResult,
  EffectSettings,
  Millis,
  ProviderContext,
  Reference,
  ReleaseDigest,
  ReleaseManifest,
  TenantId,
} from '@holdfast/core';
import { strikeSecrets } from './strike-secrets.ts';
import type { FunctionHost, FunctionValues } from './function-host.ts';

/** What a pino logger is, as far as providers use one. */
export interface ProviderLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Whose reference is resolved. */
export interface ReferenceScope {
  readonly app: string;
  readonly release: ReleaseDigest;
  readonly tenant: TenantId;
}

/** The present value, or undefined for none. Called for each attempt: keep it in memory. */
export type ResolveReference = (scope: ReferenceScope, name: string) => string | undefined;

export interface ExecutorOptions {
  readonly providers: readonly EffectProvider[];
  readonly host: FunctionHost;
  /** The manifest of a registered release; the same object each time. */
  readonly manifest: (release: ReleaseDigest) => ReleaseManifest | null;
  /** The server's own value for `config://NAME`. Default: the release's. */
  readonly resolveConfig: ResolveReference;
  readonly resolveSecret: ResolveReference;
  readonly clock: Clock;
  readonly log: ProviderLog;
}

/** How long a provider may take to answer once its signal has fired. */
const CUT_OFF_GRACE_MS: Millis = 100;
/** Longest delay that a timer of the platform can have. */
const MAX_TIMER_MS: Millis = 2_147_483_647;
/** Releases times tenants whose last values are remembered. */
const MAX_REMEMBERED_VALUES = 512;

export function createExecutor(options: ExecutorOptions): EffectExecutor {
  return new Executor(options);
}

class Executor implements EffectExecutor {
  readonly #options: ExecutorOptions;
  readonly #providers: ReadonlyMap<string, EffectProvider>;
  readonly #effects = new WeakMap<ReleaseManifest, ReadonlyMap<string, EffectSettings>>();
  /** Last values given to functions, by release and tenant; reused while nothing changes. */
  readonly #values = new Map<string, FunctionValues>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#providers = new Map(options.providers.map((provider) => [provider.name, provider]));
  }

  execute(call: EffectCall): Promise<EffectResult> {
    const manifest = this.#options.manifest(call.release);
    const settings = manifest === null ? undefined : this.#settings(manifest, call.effect);
    if (manifest === null || settings === undefined) {
      const message = `release ${call.release.slice(0, 12)} has no effect ${call.effect}`;
      return Promise.resolve(early(call, { code: 'effect.unknown', message }));
    }
    return this.#bounded(call, manifest, settings);
  }

  #settings(manifest: ReleaseManifest, effect: string): EffectSettings | undefined {
    let effects = this.#effects.get(manifest);
    if (effects === undefined) {
      effects = new Map(manifest.effects.map((settings) => [settings.name, settings]));
      this.#effects.set(manifest, effects);
    }
    return effects.get(effect);
  }

  /** Holds a call to its time (invariants 1 and 2). */
  #bounded(
    call: EffectCall,
    manifest: ReleaseManifest,
    settings: EffectSettings,
  ): Promise<EffectResult> {
    const { clock, log } = this.#options;
    const { promise, resolve } = Promise.withResolvers<EffectResult>();
    const controller = new AbortController();
    const used = new Set<string>();
    let cancelTimer = clock.after(Math.min(call.timeout, MAX_TIMER_MS), () => {
      cancelTimer = clock.after(CUT_OFF_GRACE_MS, () => {
        log.warn(callFields(call), 'effect provider ignores its signal; cut off');
        finish(late(call));
      });
      controller.abort(new DOMException('the effect has run out of time', 'TimeoutError'));
    });
    const finish = (result: EffectResult): void => {
      cancelTimer();
      resolve(withoutSecrets(result, used));
    };
    this.#make(call, manifest, settings, controller.signal, used).then(finish, (error: unknown) => {
      if (!(error instanceof EffectFault)) {
        const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const fields = { ...callFields(call), error: strikeSecrets(fault, used) };
        log.error(fields, 'effect provider failed');
      }
      finish(resultOfThrown(call, error));
    });
    return promise;
  }

  /** Makes the call. May reject. */
  async #make(
    call: EffectCall,
    manifest: ReleaseManifest,
    { provider: settings }: EffectSettings,
    signal: AbortSignal,
    used: Set<string>,
  ): Promise<EffectResult> {
    if (settings.kind === 'function') {
      const values = this.#functionValues(call, manifest);
      for (const secret of Object.values(values.secrets)) used.add(secret);
      return this.#options.host.execute(call, values, signal);
    }
    const provider = this.#providers.get(settings.kind);
    if (provider === undefined) {
      return early(call, {
        code: 'provider.missing',
        message: `no provider ${settings.kind} here`,
      });
    }
    const context: ProviderContext = {
      signal,
      resolve: (reference) => {
        const value = this.#resolve(call, manifest, reference);
        if (reference.scheme === 'secret') used.add(value);
        return value;
      },
    };
    return provider.execute(call, settings, context);
  }

  /** @throws EffectFault: nothing was called, and it may have a value the next time */
  #resolve(call: EffectCall, manifest: ReleaseManifest, { scheme, name }: Reference): string {
    let value: string | undefined;
    try {
      value =
        scheme === 'secret'
          ? this.#options.resolveSecret(call, name)
          : (this.#options.resolveConfig(call, name) ?? manifest.config[name]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `${scheme}://${name} cannot be read: ${why}`;
      throw new EffectFault({ kind: 'not_done', error: { code: `${scheme}.unreadable`, message } });
    }
    if (value !== undefined) return value;
    const message = `${scheme}://${name} has no value`;
    throw new EffectFault({ kind: 'not_done', error: { code: `${scheme}.unset`, message } });
  }

  /** All that the release declares, so that a missing value stops a call before it is made, not half way through. */
  #functionValues(call: EffectCall, manifest: ReleaseManifest): FunctionValues {
    const config: Record<string, string> = {};
    for (const name of Object.keys(manifest.config)) {
      config[name] = this.#resolve(call, manifest, { scheme: 'config', name });
    }
    const secrets: Record<string, string> = {};
    for (const name of manifest.secrets) {
      secrets[name] = this.#resolve(call, manifest, { scheme: 'secret', name });
    }
    const whose = `${call.release} ${call.tenant}`;
    const last = this.#values.get(whose);
    if (last !== undefined && same(last.config, config) && same(last.secrets, secrets)) return last;
    const values = { config, secrets };
    if (this.#values.size >= MAX_REMEMBERED_VALUES) this.#values.clear();
    this.#values.set(whose, values);
    return values;
  }
}

function same(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
}

/** Nothing was called yet. */
function early(call: EffectCall, error: EffectError): EffectResult {
  return { kind: call.mode === 'check' ? 'in_doubt' : 'not_done', error };
}

function late(call: EffectCall): EffectResult {
  const message = `no answer in ${call.timeout} ms`;
  return { kind: 'in_doubt', error: { code: 'timeout', message } };
}

function resultOfThrown(call: EffectCall, error: unknown): EffectResult {
  if (error instanceof EffectFault) {
    if (call.mode === 'call') return error.result;
    return { kind: 'in_doubt', error: error.result.error };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'in_doubt', error: { code: 'provider', message } };
}

function withoutSecrets(result: EffectResult, used: ReadonlySet<string>): EffectResult {
  if (result.kind === 'succeeded' || used.size === 0) return result;
  const code = strikeSecrets(result.error.code, used);
  const message = strikeSecrets(result.error.message, used);
  return { ...result, error: { code, message } };
}
