export type {
  Actor,
  ConsumerStatus,
  EffectAddress,
  EffectResolution,
  EngineAdjustments,
  ClockConfirmed,
  ClockHeld,
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
  RehearsalQuery,
  RehearsalTarget,
  SagaEnd,
  SwapOptions,
  WaitAddress,
} from './api.ts';
export type { ChangesTold, TenantChanges } from './change-watch.ts';
export { Engine } from './engine.ts';
export type { EngineOptions } from './engine-options.ts';
export type { EffectMetrics, EngineMetricsSnapshot, SagaMetrics } from './engine-metrics.ts';
export { ATTEMPT_OUTCOMES } from './engine-metrics.ts';
export type { Log } from './log.ts';
export type { PlaceAnswer, PlaceRequest } from './step-places.ts';
export type { Sandbox } from './sandbox-port.ts';
export { createSandboxPool } from './sandbox/sandbox-pool.ts';
export { bundleDigest, ReleaseFiles } from './releases/release-files.ts';
export type {
  JoinRequest,
  LeasedCall,
  WorkerApi,
  WorkerCaller,
  WorkerView,
} from './workers/worker-api.ts';
