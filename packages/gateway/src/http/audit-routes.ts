import {
  auditEntrySchema,
  auditQuerySchema,
  auditReportSchema,
  journalVerificationQuerySchema,
  journalVerificationSchema,
  pageOf,
} from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';

/** The record of all acts, and whether it is as it was written (I7). */
export function auditRoutes({
  readModel,
  journalVerifier,
}: Pick<HttpDeps, 'readModel' | 'journalVerifier'>): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/audit',
      operation: 'listAudit',
      summary: 'List operators’ acts, newest first: who, when, what, on what, why.',
      scope: 'view',
      query: auditQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(auditEntrySchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.audit(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/audit/verify',
      operation: 'verifyAudit',
      summary:
        'Prove the chain of all acts: none was changed, removed or put in since it was written.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: auditReportSchema },
      handle: async () => ({ status: 200, json: await readModel.verifyAudit() }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/audit/verify/journal',
      operation: 'startJournalVerification',
      summary:
        'Begin to prove the whole journal, unless that is under way: the digest of every commit is taken again, and with it every event, decision, state and attempt.',
      scope: 'admin',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 202: journalVerificationSchema },
      handle: async () => ({ status: 202, json: journalVerifier.start() }),
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/audit/verify/journal',
      operation: 'getJournalVerification',
      summary:
        'How far the proof of the journal is, and the last report since the server started. With `wait` the answer is held until it is over.',
      scope: 'admin',
      query: journalVerificationQuerySchema,
      body: NO_BODY,
      answers: { 200: journalVerificationSchema },
      handle: async ({ query }) => ({
        status: 200,
        json: await journalVerifier.show(query.wait ?? 0),
      }),
    }),
  ];
}
