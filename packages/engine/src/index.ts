export type {
  Actor,
  ConsumerStatus,
  EffectAddress,
  EffectResolution,
  EngineAdjustments,
  EngineApi,
  EngineStatus,
  IngestAnswer,
  IngestRequest,
  InstanceAddress,
  QuarantineAddress,
  ReprocessAnswer,
  ReprocessRequest,
  RestartAnswer,
  RestartRequest,
  SagaEnd,
  WaitAddress,
} from './api.ts';
export { Engine } from './engine.ts';
export type { EngineOptions } from './engine.ts';
export type { Log } from './log.ts';
export type { Sandbox } from './sandbox-port.ts';
export { createSandboxPool } from './sandbox/sandbox-pool.ts';
export { ReleaseFiles } from './releases/release-files.ts';
