/**
 * The `gateway` provider: a command submitted to an outside gateway (R7.2, R7.3). An HTTP request as the `http` provider
 * makes it, with the command's envelope as its body; 2xx is the gateway's durable confirmation.
 */
import type {
  EffectCall,
  EffectProvider,
  EffectResult,
  GatewayCommand,
  ProviderContext,
  ProviderSettings,
} from '@holdfast/core';
import type { HttpSettings } from './http-outcome.ts';
import type { HttpProvider } from './http-provider.ts';

type GatewaySettings = Extract<ProviderSettings, { kind: 'gateway' }>;

export class GatewayProvider implements EffectProvider {
  readonly name = 'gateway';
  readonly #http: HttpProvider;
  readonly #settings = new WeakMap<GatewaySettings, HttpSettings>();

  /** @param http makes the requests; closing it is its owner's business */
  constructor(http: HttpProvider) {
    this.#http = http;
  }

  execute(
    call: EffectCall,
    settings: ProviderSettings,
    context: ProviderContext,
  ): Promise<EffectResult> {
    if (settings.kind !== 'gateway') {
      throw new TypeError(`settings of ${settings.kind}, not of gateway`);
    }
    const input = envelopeOf(call, settings.command);
    return this.#http.execute({ ...call, input }, this.#httpSettings(settings), context);
  }

  #httpSettings(settings: GatewaySettings): HttpSettings {
    let http = this.#settings.get(settings);
    if (http === undefined) {
      const { url, headers, retryStatuses, doubtStatuses } = settings;
      http = { kind: 'http', method: 'POST', url, headers, retryStatuses, doubtStatuses };
      this.#settings.set(settings, http);
    }
    return http;
  }
}

/** Holds nothing that differs from try to try. */
function envelopeOf(call: EffectCall, name: string): string {
  const { tenant, commandId, app, saga, key, run, step, correlationId, traceparent } = call;
  const envelope: Omit<GatewayCommand, 'payload'> = {
    tenant_id: tenant,
    command_id: commandId,
    name,
    metadata: {
      app,
      saga,
      key,
      run,
      step,
      correlation_id: correlationId ?? key,
      traceparent,
    },
  };
  // The payload goes as it was recorded, digit for digit.
  return `${JSON.stringify(envelope).slice(0, -1)},"payload":${call.input}}`;
}
