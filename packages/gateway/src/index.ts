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
export { EchoProvider } from './providers/echo-provider.ts';
export type {
  CallGate,
  ExecutorOptions,
  ProviderLog,
  ReferenceScope,
  ResolveReference,
} from './providers/executor.ts';
export { createExecutor } from './providers/executor.ts';
export type { FunctionHost, FunctionValues } from './providers/function-host.ts';
export type { HttpProviderOptions } from './providers/http-provider.ts';
export { HttpProvider } from './providers/http-provider.ts';
export type { MqttPublish, MqttPublishOptions } from './providers/mqtt-provider.ts';
export { MqttProvider } from './providers/mqtt-provider.ts';
export { isJson, MAX_OUTPUT_BYTES, withoutNul } from './providers/output-json.ts';
