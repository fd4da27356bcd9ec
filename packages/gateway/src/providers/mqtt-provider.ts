/** The `mqtt` provider: an effect that publishes its input inside the instance's tenant (R8.2). */
import { EffectFault, HoldfastError, RESERVED_SOURCE_PREFIX, writeTenant } from '@holdfast/core';
import type {
  EffectCall,
  EffectProvider,
  EffectResult,
  JsonText,
  ProviderContext,
  ProviderSettings,
  TenantId,
} from '@holdfast/core';
import { compileTopic } from './compiled-template.ts';
import type { Fill } from './compiled-template.ts';
import { TemplateScope, templateFault } from './template-scope.ts';

type MqttSettings = Extract<ProviderSettings, { kind: 'mqtt' }>;

export interface MqttPublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** The joined broker to publish at; absent for our own. */
  readonly bridge?: string;
}

/**
 * Publishes at the broker. Resolves once it has taken the message on: for QoS 1 and for retained messages after the
 * synced commit that holds what it must remember (I1). Rejects with a `HoldfastError` when it certainly took nothing.
 */
export type MqttPublish = (
  tenant: TenantId,
  topic: string,
  payload: JsonText,
  options: MqttPublishOptions,
) => Promise<void>;

/** Topics that are doors of the house: what stands there is journaled, or was. */
const RESERVED_TOPIC = /^(?:hf\/|\$)/;

export class MqttProvider implements EffectProvider {
  readonly name = 'mqtt';
  readonly #publish: MqttPublish;
  readonly #topics = new WeakMap<MqttSettings, Fill<string>>();

  constructor(publish: MqttPublish) {
    this.#publish = publish;
  }

  async execute(
    call: EffectCall,
    settings: ProviderSettings,
    context: ProviderContext,
  ): Promise<EffectResult> {
    if (settings.kind !== 'mqtt') throw new TypeError(`settings of ${settings.kind}, not of mqtt`);
    if (call.mode === 'check') {
      const error = { code: 'check.unsupported', message: 'a broker cannot be asked' };
      return { kind: 'in_doubt', error };
    }
    const topic = this.#topic(settings)(new TemplateScope(call, context));
    const { qos, retain, bridge } = settings;
    if (RESERVED_TOPIC.test(topic)) throw templateFault(`${topic} is not for effects`);
    try {
      const payload = settings.format === 'cloudevent' ? cloudEventOf(call) : call.input;
      await this.#publish(call.tenant, topic, payload, {
        qos,
        retain,
        ...(bridge === undefined ? {} : { bridge }),
      });
      return { kind: 'succeeded', output: 'null' };
    } catch (error) {
      return publishFailed(error);
    }
  }

  #topic(settings: MqttSettings): Fill<string> {
    let fill = this.#topics.get(settings);
    if (fill === undefined) {
      fill = compileOrRefuse(settings.topic);
      this.#topics.set(settings, fill);
    }
    return fill;
  }
}

function compileOrRefuse(template: string): Fill<string> {
  try {
    return compileTopic(template);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EffectFault({
      kind: 'not_done',
      error: { code: 'template', message: error.message },
    });
  }
}

/**
 * MQTT 3.1.1 has no headers: this is how tenant, correlation, trace and idempotency key travel with a message (R13.3).
 * The input is JSON text and goes in as it stands.
 */
function cloudEventOf(call: EffectCall): JsonText {
  const envelope = JSON.stringify({
    specversion: '1.0',
    id: call.commandId,
    source: `${RESERVED_SOURCE_PREFIX}saga/${call.saga}`,
    type: call.effect,
    subject: `${call.saga}/${call.key}`,
    datacontenttype: 'application/json',
    tenantid: writeTenant(call.tenant),
    correlationid: call.correlationId ?? call.key,
    traceparent: call.traceparent ?? undefined,
  });
  return `${envelope.slice(0, -1)},"data":${call.input}}`;
}

function publishFailed(error: unknown): EffectResult {
  if (error instanceof HoldfastError) {
    return { kind: 'not_done', error: { code: error.code, message: error.message } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'in_doubt', error: { code: 'publish', message } };
}
