import { auditEntrySchema, auditQuerySchema, auditReportSchema, pageOf } from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';

/** The record of all acts, and whether it is as it was written (I7). */
export function auditRoutes({ readModel }: Pick<HttpDeps, 'readModel'>): readonly Route[] {
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
  ];
}
