export type { Clock, Random } from './clock.ts';
export type {
  ChildRef,
  ChildSpec,
  Decision,
  DecisionTrace,
  EffectOutcomeKind,
  Ending,
  LogLine,
  ProgramEvent,
  ControlType,
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
export { MAX_ATTENTION_ITEMS } from './attention-limits.ts';
export { CHANGE_TOPICS } from './change-topics.ts';
export { CONTROL_TYPES, EMPTY_DECISION, WAIT_TIMER_PREFIX, WORKFLOW_TYPES } from './decision.ts';
export { jsonChanges } from './json-changes.ts';
export { shellCommand, shellWord } from './shell-word.ts';
export type { SearchTerm, SearchValues } from './search-fields.ts';
export {
  MAX_SEARCH_FIELDS,
  MAX_SEARCH_VALUE_LENGTH,
  parseSearchTerm,
  SEARCH_FIELD_NAME,
  searchText,
} from './search-fields.ts';
export type { GatewayCommand } from './wire/gateway-command.ts';
export { gatewayCommandSchema } from './wire/gateway-command.ts';
export type { KeyedCall } from './effect-key.ts';
export { compileKey } from './effect-key.ts';
export type {
  EffectFacts,
  EffectOptions,
  GatewayOptions,
  ProviderOptions,
} from './effect-options.ts';
export { effectOptionsSchema, gatewayOptionsSchema } from './effect-options.ts';
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
export type { FlowFields } from './flow-fields.ts';
export { callFields, flowFields, traceIdOf } from './flow-fields.ts';
export type { SpanAttributes, SpanKind, SpanLink, SpanRecord, SpanSink } from './span.ts';
export type { EventName, TraceContext } from './trace-context.ts';
export {
  beginTrace,
  eventSpanId,
  isWithin,
  readTraceContext,
  spanIdOf,
  writeTraceparent,
} from './trace-context.ts';
export type { HistogramSnapshot } from './histogram.ts';
export { Histogram } from './histogram.ts';
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
  RateSettings,
  ReleaseBundle,
  ReleaseManifest,
  SagaSettings,
  SourceSettings,
  CronTriggerSettings,
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
export type { ResolvedEffect } from './resolve-effect.ts';
export { DEFAULT_DOUBT_STATUSES, DEFAULT_RETRY_STATUSES, resolveEffect } from './resolve-effect.ts';
export type { RetryPolicy } from './retry-policy.ts';
export { DEFAULT_RETRY, retryPause } from './retry-policy.ts';
export type { CallVariable, TemplatePart } from './template.ts';
export {
  CALL_VARIABLES,
  isUrlOfInput,
  parseTemplate,
  splitMailAddress,
  urlTemplateFault,
} from './template.ts';
export type { Duration, Micros, Millis } from './time.ts';
export { formatMicros, MICROS_PER_MILLI, parseDuration } from './time.ts';
export { unreachable } from './unreachable.ts';
export type {
  Accepted,
  ChildInstance,
  DispositionResource,
  EffectDetail,
  EffectResource,
  EventDetail,
  EventLink,
  EventResource,
  InstanceStatusWire,
  KeyResource,
  Page,
  Problem,
  QuarantineResource,
  QuarantineState,
  ReleaseResource,
  ReprocessResource,
  SagaDetail,
  SagaSummary,
  ScheduleResource,
  CronTriggerResource,
  StateAt,
  StateChange,
  TimerResource,
  Timeline,
  TimelineEntry,
  WaitResource,
} from './wire/resources.ts';
export {
  acceptedSchema,
  blockedBySchema,
  dispositionSchema,
  effectDetailSchema,
  effectSchema,
  eventDetailSchema,
  eventLinkSchema,
  eventSchema,
  instanceStatusSchema,
  isTerminal,
  jsonSchema,
  keySchema,
  pageOf,
  problemSchema,
  quarantineSchema,
  releaseSchema,
  reprocessSchema,
  sagaDetailSchema,
  sagaSummarySchema,
  scheduleSchema,
  timerSchema,
  cronTriggerResourceSchema,
  stateAtSchema,
  timelineEntrySchema,
  timelineSchema,
  waitSchema,
} from './wire/resources.ts';
export type {
  EventTypeResource,
  MqttClientResource,
  MqttPageFilter,
  MqttRetainedResource,
  MqttTopicResource,
  OpenWait,
  OutboxFilter,
  SettingResource,
  SettingsResource,
  TenantResource,
  UpstreamResource,
} from './wire/read-outs.ts';
export {
  eventTypeSchema,
  mqttClientSchema,
  mqttPageQuerySchema,
  mqttRetainedSchema,
  mqttTopicSchema,
  openWaitSchema,
  outboxItemSchema,
  outboxQuerySchema,
  settingsSchema,
  tenantSchema,
  upstreamSchema,
} from './wire/read-outs.ts';
export type {
  AuditEntry,
  AuditFilter,
  AuditReportResource,
  JournalReport,
  JournalVerification,
} from './wire/audit.ts';
export {
  auditEntrySchema,
  auditQuerySchema,
  auditReportSchema,
  journalReportSchema,
  journalVerificationQuerySchema,
  journalVerificationSchema,
} from './wire/audit.ts';
export type { DecisionCheck, Explanation, OpenStep } from './wire/explanation.ts';
export { explanationSchema } from './wire/explanation.ts';
export type {
  Cause,
  EffectAnswer,
  Happened,
  InstanceRef,
  SagaFields,
  SourcePlace,
} from './wire/instance-facts.ts';
export { sagaFieldsSchema } from './wire/instance-facts.ts';
export type { Activated, Activation, Rehearsal, Stay } from './wire/rehearsal.ts';
export { activatedSchema, activationSchema, rehearsalSchema } from './wire/rehearsal.ts';
export type {
  BatchAnswer,
  ClockConfirmedAnswer,
  Health,
  NewKeyResource,
  Published,
  Ready,
  Registered,
  ReleaseDetail,
  ReprocessPlan,
  RestartAnswerResource,
  SagaEndResource,
  ServerInfo,
  WaitAnswer,
} from './wire/answers.ts';
export {
  batchAnswerSchema,
  clockConfirmedSchema,
  healthSchema,
  infoSchema,
  newKeySchema,
  publishedSchema,
  readySchema,
  registeredSchema,
  releaseDetailSchema,
  reprocessPlanSchema,
  restartAnswerSchema,
  sagaEndSchema,
  secretListSchema,
  waitAnswerSchema,
} from './wire/answers.ts';
export type { Recording } from './wire/recordings.ts';
export {
  heapSnapshotQuerySchema,
  MAX_PROFILE_SECONDS,
  profileQuerySchema,
  recordingSchema,
} from './wire/recordings.ts';
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
  MAX_ERROR_CODE,
  MAX_ERROR_MESSAGE,
  MAX_LEASE,
  MAX_WORKER_CONCURRENCY,
  placeBodySchema,
  workerRecordSchema,
  workerRecordsQuerySchema,
  workerSchema,
} from './wire/workers.ts';
export { fromProblem, PROBLEM_MEDIA_TYPE, PROBLEM_TITLES, toProblem } from './wire/problem.ts';
export type {
  Attention,
  AttentionAct,
  AttentionActAnswer,
  AttentionActBody,
  AttentionGroup,
  AttentionItem,
  Changes,
  ChangeTopic,
  Overview,
  OverviewSeries,
  RunSum,
} from './wire/overview.ts';
export {
  attentionActAnswerSchema,
  attentionActBodySchema,
  attentionActSchema,
  attentionGroupSchema,
  attentionItemSchema,
  attentionSchema,
  changesSchema,
  MAX_SERIES_MINUTES,
  overviewSchema,
  overviewSeriesQuerySchema,
  overviewSeriesSchema,
  runSumSchema,
} from './wire/overview.ts';
export type {
  ActivateBody,
  CreateKeyBody,
  EffectFilter,
  EffectStatusWire,
  EventFilter,
  ExplainFilter,
  PageFilter,
  QuarantineFilter,
  ReprocessBody,
  ResolveEffectBody,
  RestartBody,
  RollbackBody,
  SagaFilter,
  ScheduleFilter,
  ScopeWire,
  TailFilter,
  WaitFilter,
} from './wire/requests.ts';
export {
  activateBodySchema,
  activateQuerySchema,
  createKeyBodySchema,
  DEFAULT_PAGE_LIMIT,
  dryRunQuerySchema,
  effectQuerySchema,
  effectStatusSchema,
  eventQuerySchema,
  explainQuerySchema,
  failWaitBodySchema,
  MAX_PAGE_LIMIT,
  MAX_TIMELINE_DECISIONS,
  MAX_WAIT_MS,
  neededReasonBodySchema,
  pageQuerySchema,
  publishQuerySchema,
  quarantineQuerySchema,
  reasonBodySchema,
  reprocessBodySchema,
  resolveEffectBodySchema,
  restartBodySchema,
  rehearsalQuerySchema,
  rollbackBodySchema,
  runQuerySchema,
  sagaDetailQuerySchema,
  sagaQuerySchema,
  scheduleQuerySchema,
  scopeSchema,
  secretBodySchema,
  secretNameSchema,
  tailQuerySchema,
  timelineQuerySchema,
  waitQuerySchema,
} from './wire/requests.ts';
export type { LoginLink, SessionResource, SignInBody } from './wire/session.ts';
export {
  CONSOLE_HEADER,
  loginLinkSchema,
  SESSION_COOKIE,
  sessionSchema,
  signInBodySchema,
} from './wire/session.ts';
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
export {
  ALERT_KINDS,
  ALERT_NOTICES,
  ALERT_SEVERITIES,
  ALERT_TARGET_TYPES,
  alertMessageSchema,
  alertSchema,
  alertsSchema,
  alertsTestedSchema,
  testAlertsBodySchema,
  type Alert,
  type AlertDelivery,
  type AlertKind,
  type AlertMessage,
  type AlertNotice,
  type AlertPing,
  type Alerts,
  type AlertSeverity,
  type AlertsTested,
  type AlertTarget,
  type AlertTargetType,
  type TestAlertsBody,
} from './wire/alerts.ts';
