import { heapSnapshotQuerySchema, profileQuerySchema, recordingSchema } from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY } from './route.ts';
import type { Route } from './route.ts';

/**
 * Each is journaled before it is made, with who asked. It is written beside the data and not sent: a heap holds secrets,
 * and their values do not leave by the API.
 */
export function recordingRoutes({ engine, recorder }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'POST',
      path: '/admin/profile',
      operation: 'recordProfile',
      summary:
        'Record what a thread spends its time on into a .cpuprofile file in the data directory. 409 while another recording is made.',
      scope: 'admin',
      query: profileQuerySchema,
      body: NO_BODY,
      answers: { 200: recordingSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const { thread, seconds } = call.query;
        const recording = await recorder.record(async () => {
          await engine.recordAct('profile.recorded', { thread, seconds }, call.actor());
          return recorder.cpu(thread, seconds * MILLIS_PER_SECOND);
        });
        return { status: 200, json: recording };
      },
    }),
    keyRoute({
      method: 'POST',
      path: '/admin/heap-snapshot',
      operation: 'takeHeapSnapshot',
      summary:
        'Write all that the heap of a thread holds, secrets included, into a .heapsnapshot file in the data directory. The thread stands still meanwhile. 409 while another recording is made.',
      scope: 'admin',
      query: heapSnapshotQuerySchema,
      body: NO_BODY,
      answers: { 200: recordingSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const { thread } = call.query;
        const recording = await recorder.record(async () => {
          await engine.recordAct('heap_snapshot.taken', { thread }, call.actor());
          return recorder.heap(thread);
        });
        return { status: 200, json: recording };
      },
    }),
  ];
}

const MILLIS_PER_SECOND = 1000;
