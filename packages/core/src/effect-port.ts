/**
 * How the engine reaches the outside (R8.1, R8.2). `server` injects executors; `engine` knows no protocol.
 *
 * @module
 */
import type { CommandId, EffectName, ReleaseDigest, SagaName, TenantId } from './ids.ts';
import type { JsonText } from './json.ts';
import type { Reference } from './references.ts';
import type { ProviderSettings } from './release.ts';
import type { Millis } from './time.ts';

/** One try of one effect, to be made now: its started-attempt record is already synced. */
export interface EffectCall {
  readonly commandId: CommandId;
  /** From 1. */
  readonly attempt: number;
  /** `check`: do not act; find out whether an earlier try of this command took effect (I4). */
  readonly mode: 'call' | 'check';
  readonly tenant: TenantId;
  readonly effect: EffectName;
  /** The app whose effect this is, and its release whose settings and code apply to this attempt. */
  readonly app: string;
  readonly release: ReleaseDigest;
  readonly saga: SagaName;
  readonly key: string;
  readonly run: number;
  readonly step: string;
  readonly input: JsonText;
  readonly timeout: Millis;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
}

export interface EffectError {
  /** Short and stable, for example `http.402`, `timeout`, `refused`. */
  readonly code: string;
  readonly message: string;
}

/**
 * What came of one try.
 * `succeeded`, `failed`: definite answers; `failed` is a refusal and is not tried again.
 * `not_done`: certainly did not take effect and may be tried again (connection refused, 429, 503).
 * `in_doubt`: may or may not have taken effect (timeout, reset after sending, 502/504, crash).
 * For `check` calls `not_done` means that no earlier try took effect.
 */
export type EffectResult =
  | { readonly kind: 'succeeded'; readonly output: JsonText }
  | { readonly kind: 'failed'; readonly error: EffectError }
  | { readonly kind: 'not_done'; readonly error: EffectError; readonly retryAfter?: Millis }
  | { readonly kind: 'in_doubt'; readonly error: EffectError };

/** Codes of results that are about us and not about whom we called. */
const OURS =
  /^(config|secret|effect|provider|host|executor|output|template|target)(\.|$)|^(check\.unsupported|publish)$/;

/**
 * Whether a result shows that its upstream is there to answer (a refusal does, and to a check "not done"), or ails; null
 * when it shows neither. A breaker goes by this.
 */
export function upstreamHealth(
  mode: EffectCall['mode'],
  result: EffectResult,
): 'well' | 'ailing' | null {
  if (result.kind === 'succeeded') return 'well';
  if (OURS.test(result.error.code)) return null;
  if (result.kind === 'failed') return 'well';
  return mode === 'check' && result.kind === 'not_done' ? 'well' : 'ailing';
}

/** Makes calls. Never rejects: whatever goes wrong is an `EffectResult`. */
export interface EffectExecutor {
  execute(call: EffectCall): Promise<EffectResult>;
}

/** What a provider is given for one attempt. */
export interface ProviderContext {
  /** Fires when the attempt's time is up. A provider that goes on regardless is cut off and its call is in doubt. */
  readonly signal: AbortSignal;
  /**
   * The present value behind a `config://NAME` or `secret://NAME`; never to be logged.
   *
   * @throws EffectFault `not_done` when it has none: nothing was called yet.
   */
  readonly resolve: (reference: Reference) => string;
}

/** A built-in provider of effects: `http`, `mqtt`, `echo`… `settings` are the manifest's, references unresolved. */
export interface EffectProvider {
  readonly name: string;
  /** May throw an `EffectFault` for what went wrong before anything was called. */
  execute(
    call: EffectCall,
    settings: ProviderSettings,
    context: ProviderContext,
  ): Promise<EffectResult>;
  /** Lets go of connections. */
  close?(): void;
}

/** Ends an attempt with a result from anywhere inside it. */
export class EffectFault extends Error {
  override readonly name = 'EffectFault';
  readonly result: Exclude<EffectResult, { kind: 'succeeded' }>;

  constructor(result: Exclude<EffectResult, { kind: 'succeeded' }>) {
    super(result.error.message);
    this.result = result;
  }
}
