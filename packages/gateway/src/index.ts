export type { NewKey, Principal, Scope } from './access/key-ring.ts';
export {
  defaultSource,
  hashSecret,
  isScope,
  KeyRing,
  mayUseType,
  newKey,
  SCOPES,
} from './access/key-ring.ts';
export { FailedAttempts } from './access/failed-attempts.ts';
export type { RateLimits } from './access/key-rates.ts';
export { KeyRates, NO_RATE_LIMITS } from './access/key-rates.ts';
export type { SessionTimes } from './access/sessions.ts';
export { DEFAULT_SESSION_TIMES, Sessions } from './access/sessions.ts';
export type { AlertDeskDeps } from './alerts/alert-desk.ts';
export type { AlertCounts } from './alerts/alerts-port.ts';
export { AlertDesk } from './alerts/alert-desk.ts';
export type { AlertRecord, AlertRecordKeeper } from './alerts/alert-record.ts';
export type {
  AlertSettings,
  AlertTargetSettings,
  Kept,
  PingSettings,
} from './alerts/alert-settings.ts';
export { WellCheck } from './alerts/well-check.ts';
export { createHttpApp, apiRoutes } from './http/http-app.ts';
export type { HttpApp } from './http/http-app.ts';
export { DEFAULT_HTTP_LIMITS } from './http/http-port.ts';
export type {
  BuildInfo,
  BundleSource,
  HttpConfig,
  HttpDeps,
  HttpLimits,
  Operation,
  Probes,
  JournalVerifying,
  Recorder,
  SecretStore,
  ServerVitals,
} from './http/http-port.ts';
export type { HttpListener, ListenOptions } from './http/listen-http.ts';
export { listenHttp, reachableName } from './http/listen-http.ts';
export { OverviewSampler } from './http/overview-sampler.ts';
export type { ListedProblem } from './http/problem-codes.ts';
export { EXAMPLES } from './http/openapi-examples.ts';
export { problemsOf } from './http/problem-codes.ts';
export { callOf, commandResult } from './http/worker-wire.ts';
export type { Method, Route } from './http/route.ts';
export type { MetricName, MetricSpec } from './metrics/metric-catalogue.ts';
export { METRICS } from './metrics/metric-catalogue.ts';
export type { SpanCounts, ThreadName, ThreadVitals } from './metrics/thread-vitals.ts';
export { GatewayProvider } from './providers/gateway-provider.ts';
export { EchoProvider } from './providers/echo-provider.ts';
export type {
  ExecutorOptions,
  ProviderLog,
  ReferenceScope,
  ResolveReference,
} from './providers/executor.ts';
export { createExecutor } from './providers/executor.ts';
export type { FunctionHost, FunctionValues } from './providers/function-host.ts';
export type { HttpProviderOptions } from './providers/http-provider.ts';
export { HttpProvider } from './providers/http-provider.ts';
export type { MqttGatewayConfig, MqttGatewayStats } from './mqtt/gateway-config.ts';
export type { BridgeSettings, BridgeStatus } from './bridge/bridge-settings.ts';
export { hostCheck } from './http/host-check.ts';
export { MqttGateway } from './mqtt/mqtt-gateway.ts';
export type { MqttPublish, MqttPublishOptions } from './providers/mqtt-provider.ts';
export { MqttProvider } from './providers/mqtt-provider.ts';
export { strikeSecrets } from './providers/strike-secrets.ts';
export { SmtpProvider } from './providers/smtp-provider.ts';
export { isJson, MAX_OUTPUT_BYTES, withoutNul } from './providers/output-json.ts';
