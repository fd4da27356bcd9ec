/** A gateway on a free port over a fake engine, and real clients of it; everything ends with the test. */
import type { IClientOptions } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { Clock, JournalEvent, SourceSettings, TenantId } from '@holdfast/core';
import type { KeyRow } from '@holdfast/store';
import { hashSecret, KeyRing } from '../../access/key-ring.ts';
import type { MqttGatewayConfig, MqttGatewayOptions, MqttLog } from '../gateway-config.ts';
import { MqttGateway } from '../mqtt-gateway.ts';
import { FakeEngine } from './fake-engine.ts';
import { KEY, RawClient, TestClient } from './test-clients.ts';

export { KEY };

export function keyRow(secret: string, over: Partial<KeyRow> = {}): KeyRow {
  return {
    id: `id-${secret}`,
    name: secret,
    hash: hashSecret(secret),
    tenant: 'acme',
    scopes: ['publish', 'subscribe'],
    topics: null,
    types: null,
    createdAt: 0,
    expiresAt: null,
    revokedAt: null,
    ...over,
  };
}

interface LogLine {
  readonly level: keyof MqttLog;
  readonly fields: object;
  readonly message: string;
}

export interface UnderTest {
  readonly engine: FakeEngine;
  readonly keyRing: KeyRing;
  readonly gateway: MqttGateway;
  readonly port: number;
  readonly log: readonly LogLine[];
  /** Connects; rejects with the broker's refusal. */
  readonly connect: (options?: IClientOptions) => Promise<TestClient>;
  /** A bare socket that speaks packets, for what no client library does. */
  readonly raw: () => Promise<RawClient>;
}

export interface StartOptions {
  readonly engine?: FakeEngine;
  readonly keys?: readonly KeyRow[];
  readonly config?: Partial<MqttGatewayConfig>;
  readonly sources?: (tenant: TenantId) => readonly SourceSettings[];
  readonly clock?: Clock;
  readonly bridges?: MqttGatewayOptions['bridges'];
}

export const systemClock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

const NO_SOURCES: readonly SourceSettings[] = [];

export async function startBroker(options: StartOptions = {}): Promise<UnderTest> {
  const engine = options.engine ?? new FakeEngine();
  const readModel: MqttGatewayOptions['readModel'] = {
    eventsAfter: async (_, after, limit, stream) => eventsAfter(engine, after, limit, stream),
  };
  return { engine, ...(await startOver({ ...options, engine, readModel })) };
}

export interface StartOverOptions extends Omit<StartOptions, 'engine'> {
  readonly engine: MqttGatewayOptions['engine'];
  readonly readModel: NonNullable<MqttGatewayOptions['readModel']>;
}

/** As `startBroker`, over any engine. */
export async function startOver(options: StartOverOptions): Promise<Omit<UnderTest, 'engine'>> {
  const { engine, readModel } = options;
  const clock = options.clock ?? systemClock;
  const keyRing = new KeyRing({ clock });
  keyRing.load(options.keys ?? [keyRow(KEY)]);
  const log: LogLine[] = [];
  const line =
    (level: keyof MqttLog) =>
    (fields: object, message: string): void =>
      void log.push({ level, fields, message });
  const gateway = new MqttGateway({
    engine,
    keyRing,
    readModel,
    config: { closeTimeout: 1000, ...options.config },
    sources: options.sources ?? (() => NO_SOURCES),
    ...(options.bridges === undefined ? {} : { bridges: options.bridges }),
    clock,
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
  });
  onTestFinished(() => gateway.close());
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    keyRing,
    gateway,
    port,
    log,
    connect: (clientOptions) => TestClient.connect(port, clientOptions),
    raw: () => RawClient.connect(port),
  };
}

function eventsAfter(
  engine: FakeEngine,
  after: number,
  limit: number,
  stream?: string,
): readonly JournalEvent[] {
  return engine.disk.events
    .filter((event) => event.seq > after && (stream === undefined || event.stream === stream))
    .slice(0, limit);
}

/** Resolves once the condition holds, looking at each turn of the event loop. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
