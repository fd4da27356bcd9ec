/**
 * Words of the API that the command line offers as choices. They repeat core's wire schemas, which a test compares:
 * reading them from there would load zod before every command.
 *
 * @module
 */
export const STREAMS = ['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS', 'CONTROL_EVENTS'] as const;
export const SAGA_STATUSES = [
  'running',
  'waiting',
  'retrying',
  'compensating',
  'blocked',
  'completed',
  'compensated',
  'failed',
  'cancelled',
] as const;
export const WAIT_STATES = ['open', 'completed', 'failed', 'expired', 'closed'] as const;
export const EFFECT_STATES = ['pending', 'leased', 'held', 'settled'] as const;
export const OUTBOX_STATES = ['pending', 'leased', 'held'] as const;
export const SCHEDULE_KINDS = ['timer', 'wait', 'cron'] as const;
export const QUARANTINE_STATES = ['open', 'redriven', 'discarded', 'all'] as const;
export const KEY_SCOPES = ['publish', 'subscribe', 'view', 'operate', 'work', 'admin'] as const;
export const MAX_PAGE = 500;
/** Decisions of a story in one answer. */
export const MAX_DECISIONS = 1_000;
/** Minutes that the overview's numbers are kept. */
export const MAX_HISTORY = 720;
