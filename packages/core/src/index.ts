export type { Clock, Random } from './clock.ts';
export type {
  ChildRef,
  ChildSpec,
  Decision,
  EffectOutcomeKind,
  Ending,
  LogLine,
  ProgramEvent,
  ProgramEventKind,
  ProgramFailure,
  ProgramInput,
  ProgramOutput,
  ProgramTable,
  PublishSpec,
  ScheduleSpec,
  UndoLine,
  WaitSpec,
  WorkflowType,
  WorkItemSpec,
} from './decision.ts';
export { EMPTY_DECISION, WORKFLOW_TYPES } from './decision.ts';
export type {
  EffectFacts,
  EffectOptions,
  ProviderOptions,
  ResolvedEffect,
} from './effect-options.ts';
export {
  DEFAULT_DOUBT_STATUSES,
  DEFAULT_RETRY_STATUSES,
  effectOptionsSchema,
  resolveEffect,
} from './effect-options.ts';
export type {
  EffectCall,
  EffectError,
  EffectExecutor,
  EffectProvider,
  EffectResult,
  ProviderContext,
} from './effect-port.ts';
export { EffectFault, upstreamHealth } from './effect-port.ts';
export type { IncomingEvent, JournalEvent, StreamName } from './envelope.ts';
export {
  DEFAULT_MAX_EVENT_BYTES,
  MAX_CAUSATION_DEPTH,
  MAX_ITEMS_PER_DECISION,
  MAX_STATE_BYTES,
  RESERVED_SOURCE_PREFIX,
} from './envelope.ts';
export type { ErrorCode, ErrorKind, ErrorRecord, Fault, HoldfastErrorOptions } from './errors.ts';
export { ERROR_CODES, fromErrorRecord, HoldfastError, toErrorRecord } from './errors.ts';
export type {
  CommandId,
  EffectName,
  InstanceKey,
  ReleaseDigest,
  SagaName,
  Seq,
  Sha256Hex,
  TenantId,
} from './ids.ts';
export {
  commandId,
  compose,
  decisionSeed,
  dedupeMark,
  derivedEventId,
  EMPTY_TENANT_WRITTEN,
  instanceText,
  isTenantId,
  readTenant,
  writeTenant,
} from './ids.ts';
export type { Json, JsonObject, JsonText } from './json.ts';
export { canonicalJson } from './json.ts';
export type { ReleaseDescription } from './release-description.ts';
export { releaseDescriptionSchema } from './release-description.ts';
export type { ReleaseFile } from './release-file.ts';
export { releaseFileJsonSchema, releaseFileSchema } from './release-file.ts';
export type { Reference } from './references.ts';
export { findReferences, REFERENCE_PATTERN } from './references.ts';
export type {
  BreakerSettings,
  EffectSettings,
  ProviderSettings,
  ReleaseBundle,
  ReleaseManifest,
  SagaSettings,
  SourceSettings,
} from './release.ts';
export {
  DEFAULT_BREAKER,
  DEFAULT_CONCURRENCY,
  DEFAULT_EFFECT_TIMEOUT_MS,
  DEFAULT_GAS,
  effectSettingsSchema,
  releaseBundleSchema,
  releaseManifestSchema,
  sagaSettingsSchema,
} from './release.ts';
export type { RetryPolicy } from './retry-policy.ts';
export { DEFAULT_RETRY, retryPause } from './retry-policy.ts';
export type { CallVariable, TemplatePart } from './template.ts';
export { CALL_VARIABLES, parseTemplate, urlTemplateFault } from './template.ts';
export type { Duration, Micros, Millis } from './time.ts';
export { formatMicros, MICROS_PER_MILLI, parseDuration } from './time.ts';
export { unreachable } from './unreachable.ts';
export type {
  Accepted,
  DispositionResource,
  EffectResource,
  EventDetail,
  EventResource,
  InstanceStatusWire,
  KeyResource,
  Page,
  Problem,
  QuarantineResource,
  ReleaseResource,
  SagaDetail,
  SagaSummary,
  ScheduleResource,
  StateAt,
  Timeline,
  TimelineEntry,
  WaitResource,
} from './wire/resources.ts';
export {
  acceptedSchema,
  blockedBySchema,
  dispositionSchema,
  effectSchema,
  eventDetailSchema,
  eventSchema,
  instanceStatusSchema,
  isTerminal,
  jsonSchema,
  keySchema,
  pageOf,
  problemSchema,
  quarantineSchema,
  releaseSchema,
  sagaDetailSchema,
  sagaSummarySchema,
  scheduleSchema,
  stateAtSchema,
  timelineEntrySchema,
  timelineSchema,
  waitSchema,
} from './wire/resources.ts';
export type {
  Activated,
  BatchAnswer,
  Health,
  NewKeyResource,
  Published,
  Ready,
  Registered,
  ReleaseDetail,
  RolledBack,
  SagaEndResource,
  ServerInfo,
  WaitAnswer,
} from './wire/answers.ts';
export {
  activatedSchema,
  batchAnswerSchema,
  healthSchema,
  infoSchema,
  newKeySchema,
  publishedSchema,
  readySchema,
  registeredSchema,
  releaseDetailSchema,
  rolledBackSchema,
  sagaEndSchema,
  secretListSchema,
  waitAnswerSchema,
} from './wire/answers.ts';
export type {
  BeatAnswer,
  CommandResource,
  CommandResult,
  Completed,
  HeldCommand,
  JoinBody,
  Joined,
  WorkerRecord,
  WorkerResource,
} from './wire/workers.ts';
export {
  beatAnswerSchema,
  beatBodySchema,
  commandResultSchema,
  commandSchema,
  completedSchema,
  joinBodySchema,
  joinedSchema,
  leaseBodySchema,
  leasedSchema,
  leaveBodySchema,
  MAX_LEASE,
  MAX_WORKER_CONCURRENCY,
  placeBodySchema,
  workerRecordSchema,
  workerRecordsQuerySchema,
  workerSchema,
} from './wire/workers.ts';
export { fromProblem, PROBLEM_MEDIA_TYPE, PROBLEM_TITLES, toProblem } from './wire/problem.ts';
export type {
  CreateKeyBody,
  EffectFilter,
  EventFilter,
  PageFilter,
  SagaFilter,
  ScopeWire,
  TailFilter,
  WaitFilter,
} from './wire/requests.ts';
export {
  createKeyBodySchema,
  DEFAULT_PAGE_LIMIT,
  effectQuerySchema,
  eventQuerySchema,
  failWaitBodySchema,
  MAX_PAGE_LIMIT,
  MAX_WAIT_MS,
  pageQuerySchema,
  publishQuerySchema,
  reasonBodySchema,
  rollbackBodySchema,
  runQuerySchema,
  sagaDetailQuerySchema,
  sagaQuerySchema,
  scopeSchema,
  secretBodySchema,
  secretNameSchema,
  tailQuerySchema,
  waitQuerySchema,
} from './wire/requests.ts';
export {
  drainBodySchema,
  drainedSchema,
  reloadedSchema,
  type ChangedSetting,
  type DrainBody,
  type Drained,
  type Reloaded,
} from './wire/operation.ts';
export {
  DEFAULT_WORKER_GROUP,
  effectFilterFault,
  holdsTenant,
  namesEffect,
  tenantRangeFault,
} from './worker-scope.ts';
