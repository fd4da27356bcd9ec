import type { MqttGatewayConfig } from '@holdfast/gateway';
import type { ServerSettings } from '../config/settings.ts';

/** What the settings say of the broker, as the gateway takes it. */
export function mqttConfig({ limits, mqtt }: ServerSettings): Partial<MqttGatewayConfig> {
  const most = mqtt.limits;
  return {
    maxEventBytes: limits.maxEventBytes,
    heldPerClient: limits.heldPerClient,
    owedPerSession: { messages: most.owedMessages, bytes: most.owedBytes },
    retained: { messages: most.retainedMessages, bytes: most.retainedBytes },
    maxClients: most.connections,
    maxClientsPerKey: most.connectionsPerKey,
    maxClientsPerAddress: most.connectionsPerAddress,
    maxSessions: most.sessions,
    maxSessionsPerTenant: most.sessionsPerTenant,
    maxSubscriptions: most.subscriptions,
    sessionExpiry: mqtt.sessionExpiry,
  };
}
