export type {
  Actor,
  EngineAdjustments,
  EngineApi,
  EngineStatus,
  IngestAnswer,
  IngestRequest,
  InstanceAddress,
  SagaEnd,
  WaitAddress,
} from './api.ts';
export { Engine } from './engine.ts';
export type { EngineOptions } from './engine.ts';
export type { Log } from './log.ts';
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
