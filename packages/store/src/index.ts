export { ensureDirectory, syncName, syncPath } from './data-directory.ts';
export { DiskRoom } from './disk-room.ts';
export type { RoomReport } from './disk-room.ts';
export { openReadModel } from './open-read-model.ts';
export { openStore } from './open-store.ts';
export type { OpenStoreOptions } from './open-store.ts';
export type {
  ActOp,
  ActivationAct,
  AttemptRow,
  BrokerOp,
  BrokerSnapshot,
  ClockMark,
  CommitBatch,
  CommitReceipt,
  CronRow,
  DedupeHit,
  DispositionStatus,
  DoneEffect,
  EventSelection,
  InstanceRow,
  InstanceStatus,
  KeyRow,
  LoadedInstance,
  MqttPacketRow,
  ParentRef,
  QuarantineResolution,
  PinnedInstance,
  QuarantineRow,
  RecordedDecision,
  ReleaseRow,
  ReprocessRow,
  ScheduleRow,
  SessionRow,
  Store,
  StoreCounters,
  StoreOp,
  TransitionRow,
  WaitRow,
  WorkerEventKind,
  WorkerEventRow,
  WorkItemRow,
} from './port.ts';
export type {
  AttentionPage,
  AttentionTarget,
  AttentionWanted,
  EventQuery,
  Explained,
  NeedGroup,
  ReadModel,
  SagaQuery,
  StoreCounts,
  StoreGauges,
  StoreNeeds,
  StoreOverview,
} from './read-port.ts';
export { SqliteStore } from './sqlite-store.ts';
export { StoreAssertionError, StoreFateUnknownError, StoreFullError } from './store-errors.ts';
export { verifyAudit } from './verify-audit.ts';
export { verifyChain } from './verify-chain.ts';
export type { ChainFault, ChainProgress, ChainReport } from './verify-chain.ts';
export { openWalMover } from './open-wal-mover.ts';
export type { WalMover } from './open-wal-mover.ts';
