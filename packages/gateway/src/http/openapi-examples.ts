import type { Json } from '@holdfast/core';

interface Example {
  readonly body?: Json;
  readonly answers: Readonly<Record<string, Json>>;
}

/** What a real server was asked and answered, by operation: written by `npm run examples`. Long things are cut short. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  health: {
    answers: {
      '200': {
        status: 'ok',
        checks: {
          storage: true,
          broker: true,
        },
        noRoom: false,
      },
    },
  },
  ready: {
    answers: {
      '200': {
        status: 'ready',
        checks: {
          storage: true,
          broker: true,
          accepting: true,
        },
        noRoom: false,
      },
    },
  },
  info: {
    answers: {
      '200': {
        name: 'holdfast',
        version: '0.1.0',
        build: null,
        mode: 'combined',
        node: 'v24.21.0',
        startedAt: '2026-11-22T06:06:51.770319Z',
        writable: true,
        noRoom: false,
        draining: false,
        lastSeq: 43,
        epoch: 1,
        timeline: 1,
        liveInstances: 9,
        effectsInFlight: 0,
        upstreams: [
          {
            app: 'errands',
            upstream: 'errand.press',
            state: 'closed',
            retryIn: null,
            effects: ['errand.press'],
          },
          {
            app: 'errands',
            upstream: 'outside',
            state: 'closed',
            retryIn: null,
            effects: ['errand.tell'],
          },
        ],
        bridges: [],
        certificates: [],
        clockHeld: null,
        streams: ['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS'],
        sagas: [
          {
            saga: 'errand',
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
          },
        ],
        effects: ['errand.press', 'errand.tell'],
        consumers: [
          {
            saga: 'errand',
            checkpoint: 42,
            pending: 0,
            redeliveries: 0,
          },
        ],
        counts: {
          instances: {
            blocked: 4,
            waiting: 5,
            completed: 3,
          },
          outbox: {
            held: 4,
          },
          quarantine: 2,
        },
      },
    },
  },
  metrics: {
    answers: {},
  },
  listEvents: {
    answers: {
      '200': {
        items: [
          {
            seq: 43,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '30741ca809655f9c794afe43e93a9a90:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            time: null,
            receivedAt: '2026-11-22T06:06:56.525505Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            causationId: 'daf6e2be56aac04dac04b4589c3c2d34:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
              },
              error: null,
            },
          },
          {
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: 'daf6e2be56aac04dac04b4589c3c2d34:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            time: null,
            receivedAt: '2026-11-22T06:06:56.523860Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            causationId: 'daf6e2be56aac04dac04b4589c3c2d34',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            },
          },
        ],
        next: 'WyJldmVudHMiLDQyLCJkZXNjIl0',
      },
    },
  },
  getEvent: {
    answers: {
      '200': {
        seq: 38,
        stream: 'AGGREGATE_EVENTS',
        specversion: '1.0',
        id: '6b85f040-7d00-4f3c-9528-7ce5e78c3b3b',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T06:06:56.353537Z',
        tenant: 'ours',
        correlationId: null,
        causationId: null,
        traceparent: null,
        data: {
          id: 'only-ours-1-nameless',
          how: 'done',
        },
        dispositions: [
          {
            saga: 'errand',
            status: 'quarantined',
            key: null,
            run: null,
            version: null,
            reason: 'saga errand failed to name the instance: this errand has no name',
          },
        ],
        cause: null,
        consequences: {
          items: [],
          more: false,
        },
      },
    },
  },
  listSagas: {
    answers: {
      '200': {
        items: [
          {
            saga: 'errand',
            key: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T06:06:56.510547Z',
            updatedAt: '2026-11-22T06:06:56.523860Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T06:06:56.284440Z',
            updatedAt: '2026-11-22T06:06:56.292722Z',
            blockedBy: null,
          },
        ],
        next: 'WyJzYWdhcyIsMTFd',
      },
    },
  },
  getSaga: {
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T06:06:56.284440Z',
        updatedAt: '2026-11-22T06:06:56.292722Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
                token: '{{holdfast.wait:errand.answer}}',
              },
            },
            {
              step: 'errand.answer#1',
              kind: 'wait',
              request: {
                definition: 'errand.answer',
                timeout: 3600000,
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '85463ff1-d3c5-48e2-bee9-a1db90f849a2',
            data: {
              id: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
              how: 'ask',
            },
            t: 1795327616284440,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795327616292722,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T06:06:56.292722Z',
            expiresAt: '2026-11-22T07:06:56.292722Z',
          },
        ],
        search: [],
        cause: {
          seq: 36,
          id: '85463ff1-d3c5-48e2-bee9-a1db90f849a2',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T06:06:56.284440Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: 'e2dc54711e855e1a6460fdb2f3661b2d',
            happened: 'yes',
            attempts: 1,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'errand.tell took effect (attempt 1)',
          },
        ],
      },
    },
  },
  getTimeline: {
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T06:06:56.520792Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 41,
            version: null,
            step: null,
            detail: {
              id: 'b5dd3e4d-9c53-4532-a21c-81dc86608267',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T06:06:56.510547Z',
              data: {
                id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T06:06:56.520792Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 41,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T06:06:56.510547Z',
              release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
              gasUsed: 0,
              decision: {
                blocked: null,
                cancelChildren: [],
                cancelSchedules: [],
                children: [],
                closeWaits: [],
                ending: null,
                failure: null,
                ignored: false,
                items: [
                  {
                    effect: 'errand.press',
                    input: {
                      how: 'done',
                      id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
                    },
                    step: 'errand.press#1',
                  },
                ],
                logs: [],
                publishes: [],
                schedules: [],
                status: 'running',
                undo: [],
                waits: [],
              },
            },
          },
        ],
      },
    },
  },
  getStateAt: {
    answers: {
      '200': {
        version: 1,
        seq: 41,
        recordedAt: '2026-11-22T06:06:56.510547Z',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'b5dd3e4d-9c53-4532-a21c-81dc86608267',
            data: {
              id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
              how: 'done',
            },
            t: 1795327616510547,
          },
          arrivals: [],
        },
        stateHash: '7f5d0d5e9db4ebc0aa69af0667708f7aa59f81519f5efded432cbd5307958519',
        decision: {
          blocked: null,
          cancelChildren: [],
          cancelSchedules: [],
          children: [],
          closeWaits: [],
          ending: null,
          failure: null,
          ignored: false,
          items: [
            {
              effect: 'errand.press',
              input: {
                how: 'done',
                id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
              },
              step: 'errand.press#1',
            },
          ],
          logs: [],
          publishes: [],
          schedules: [],
          status: 'running',
          undo: [],
          waits: [],
        },
        changes: [
          {
            path: '',
            kind: 'added',
            after: {
              v: 1,
              steps: [
                {
                  step: 'errand.press#1',
                  kind: 'effect',
                  request: {
                    id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: 'b5dd3e4d-9c53-4532-a21c-81dc86608267',
                data: {
                  id: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
                  how: 'done',
                },
                t: 1795327616510547,
              },
              arrivals: [],
            },
          },
        ],
      },
    },
  },
  listSagaFields: {
    answers: {
      '200': {
        items: [],
        next: null,
      },
    },
  },
  explainSaga: {
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
        run: 1,
        cause: {
          seq: 36,
          id: '85463ff1-d3c5-48e2-bee9-a1db90f849a2',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T06:06:56.284440Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        decision: {
          version: 2,
          seq: 37,
          event: 'effect.succeeded',
          release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
          recordedAt: '2026-11-22T06:06:56.292722Z',
          check: {
            state: 'same',
            reason: null,
          },
        },
        linesMissing: null,
        version: 2,
        current: true,
        status: 'waiting',
        summary:
          'It waits for errand.answer until 2026-11-22T07:06:56Z, since 2026-11-22T06:06:56Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T06:06:56.292722Z',
            text: 'waits for errand.answer until 2026-11-22T07:06:56Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: 'f94304a34e52',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: null,
        by: 'key',
      },
    },
  },
  listWaits: {
    answers: {
      '200': {
        items: [
          {
            saga: 'errand',
            key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T06:06:56.292722Z',
            expiresAt: '2026-11-22T07:06:56.292722Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-7b0c0ebf-38b9-44fc-a5e3-9d140d1d5ed7',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T06:06:56.220524Z',
            expiresAt: '2026-11-22T07:06:56.220524Z',
          },
        ],
        next: 'WyJ3YWl0cyIsNF0',
      },
    },
  },
  getWaitByToken: {
    answers: {
      '200': {
        name: 'errand.answer',
        title: null,
        saga: 'errand',
        state: 'open',
        askedAt: '2026-11-22T06:06:56.292722Z',
        expiresAt: '2026-11-22T07:06:56.292722Z',
        schema: {
          type: 'object',
          properties: {
            shelf: {
              type: 'string',
            },
          },
          required: ['shelf'],
        },
        closed: false,
      },
    },
  },
  listEffects: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'daf6e2be56aac04dac04b4589c3c2d34',
            saga: 'errand',
            key: 'only-ours-done-b9591796-4396-41d0-9aa4-30c088b264ef',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T06:06:56.510547Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: 'e2dc54711e855e1a6460fdb2f3661b2d',
            saga: 'errand',
            key: 'only-ours-shown-f0361a84-934b-46d2-89d1-f6015ff9e78f',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T06:06:56.284440Z',
            dueAt: null,
          },
        ],
        next: 'WyJlZmZlY3RzIiwxMV0',
      },
    },
  },
  getEffect: {
    answers: {
      '200': {
        kind: 'effect',
        commandId: '3047aaf2908abd16d5255bcd3de8a6fb',
        saga: 'errand',
        key: 'only-ours-resolve-1f4f1f40-7800-4997-a693-060fa70b4a2e',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T06:06:55.493486Z',
        dueAt: '2026-11-22T06:06:55.493486Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-1f4f1f40-7800-4997-a693-060fa70b4a2e',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T06:06:55.494837Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'd6939da89bf53f331b57f141aca20aeb',
            saga: 'errand',
            key: 'only-ours-cancel-4210b424-5da2-44a6-929d-672eecaea274',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T06:06:55.012193Z',
            dueAt: '2026-11-22T06:06:55.012193Z',
          },
          {
            kind: 'effect',
            commandId: '85784cbe270d649b7431c3514a3bfa57',
            saga: 'errand',
            key: 'only-ours-redrive-f48e1ce0-94c2-48ef-ada7-8101d1293c49',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T06:06:55.256081Z',
            dueAt: '2026-11-22T06:06:55.256081Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMjc2MTUyNTYwODEsNF0',
      },
    },
  },
  listUpstreams: {
    answers: {
      '200': {
        items: [
          {
            app: 'errands',
            upstream: 'errand.press',
            breaker: 'closed',
            retryIn: null,
            effects: [
              {
                effect: 'errand.press',
                pending: 0,
                inFlight: 0,
                held: 4,
                attempts: {
                  succeeded: 3,
                  failed: 0,
                  not_done: 0,
                  in_doubt: 4,
                  lost: 0,
                },
                outcomes: {
                  succeeded: 3,
                  failed: 0,
                  unknown: 0,
                },
                failureRate: 0.5714285714285714,
                seconds: {
                  p50: 0.125,
                  p95: 0.2825,
                  p99: 0.2965,
                },
              },
            ],
          },
          {
            app: 'errands',
            upstream: 'outside',
            breaker: 'closed',
            retryIn: null,
            effects: [
              {
                effect: 'errand.tell',
                pending: 0,
                inFlight: 0,
                held: 0,
                attempts: {
                  succeeded: 5,
                  failed: 0,
                  not_done: 0,
                  in_doubt: 0,
                  lost: 0,
                },
                outcomes: {
                  succeeded: 5,
                  failed: 0,
                  unknown: 0,
                },
                failureRate: 0,
                seconds: {
                  p50: 0.0073750000000000005,
                  p95: 0.024999999999999998,
                  p99: 0.028999999999999998,
                },
              },
            ],
          },
        ],
        next: null,
      },
    },
  },
  listQuarantine: {
    answers: {
      '200': {
        items: [
          {
            id: 2,
            at: '2026-11-22T06:06:56.468302Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '349d38d7-ee61-4c8b-b3f0-e031947862d6',
              at: 'src/index.ts:32:43',
              attempts: 1,
            },
            head: '{"id":"only-ours-2-nameless","how":"done"}',
            encoding: 'utf8',
            seq: 39,
            commandId: null,
            state: 'open',
            attempts: 1,
            next: 'the event at seq 39 is given to saga errand, from the journal',
            resolution: null,
          },
          {
            id: 1,
            at: '2026-11-22T06:06:56.362397Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '6b85f040-7d00-4f3c-9528-7ce5e78c3b3b',
              at: 'src/index.ts:32:43',
              attempts: 1,
            },
            head: '{"id":"only-ours-1-nameless","how":"done"}',
            encoding: 'utf8',
            seq: 38,
            commandId: null,
            state: 'open',
            attempts: 1,
            next: 'the event at seq 38 is given to saga errand, from the journal',
            resolution: null,
          },
        ],
        next: 'WyJxdWFyYW50aW5lIiwxXQ',
      },
    },
  },
  getQuarantine: {
    answers: {
      '200': {
        id: 2,
        at: '2026-11-22T06:06:56.468302Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '349d38d7-ee61-4c8b-b3f0-e031947862d6',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-2-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 39,
        commandId: null,
        state: 'open',
        attempts: 1,
        next: 'the event at seq 39 is given to saga errand, from the journal',
        resolution: null,
      },
    },
  },
  listSchedules: {
    answers: {
      '200': {
        items: [
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T07:06:55.993685Z',
            saga: 'errand',
            key: 'only-ours-complete-b616e5c7-823d-4ee9-9396-506353c3c94b',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T07:06:56.068634Z',
            saga: 'errand',
            key: 'only-ours-fail-87af04fc-826e-4e07-a044-7c15253b7096',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMzEyMTYwNjg2MzQsMiwiIl0',
      },
    },
  },
  listReleases: {
    answers: {
      '200': {
        items: [
          {
            digest: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
            app: 'errands',
            active: false,
            registeredAt: '2026-11-22T06:06:53.406028Z',
            registeredBy: '47611a3c89e1',
            activatedAt: '2026-11-22T06:06:53.422004Z',
            activatedBy: '47611a3c89e1',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T06:06:54.638151Z',
            registeredBy: '47611a3c89e1',
            activatedAt: '2026-11-22T06:06:54.650099Z',
            activatedBy: '47611a3c89e1',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 9,
          },
        ],
        next: null,
      },
    },
  },
  getRelease: {
    answers: {
      '200': {
        digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        app: 'errands',
        active: true,
        registeredAt: '2026-11-22T06:06:54.638151Z',
        registeredBy: '47611a3c89e1',
        activatedAt: '2026-11-22T06:06:54.650099Z',
        activatedBy: '47611a3c89e1',
        sagas: ['errand'],
        effects: ['errand.press', 'errand.tell'],
        inFlight: 9,
        manifest: {
          format: 1,
          app: 'errands',
          sdk: '0.1.0',
          sagas: [
            {
              name: 'errand',
              style: 'generator',
              on: ['errand.asked'],
              starts: ['errand.asked'],
              script: 'sagas/errand.js',
              pin: 'compatible',
              restart: 'refuse',
              tries: 1,
              gas: 500,
            },
          ],
          effects: [
            {
              name: 'errand.press',
              provider: {
                kind: 'function',
              },
              upstream: {
                name: 'errand.press',
                breaker: {
                  window: 20,
                  failureRate: 0.5,
                  cooldown: 5000,
                  maxCooldown: 60000,
                },
              },
              timeout: 200,
              retry: {
                attempts: 8,
                backoff: 1000,
                max: 60000,
                factor: 2,
              },
              inDoubt: 'hold',
              onUnknown: 'hold',
              concurrency: 128,
              concurrencyPerTenant: 128,
              hasCheck: false,
              input: {
                type: 'object',
                properties: {
                  id: {
                    type: 'string',
                  },
                  how: {
                    type: 'string',
                  },
                },
                required: ['id', 'how'],
              },
              output: {
                type: 'object',
                properties: {
                  receipt: {
                    type: 'string',
                  },
                },
                required: ['receipt'],
              },
            },
            {
              name: 'errand.tell',
              provider: {
                kind: 'http',
                method: 'POST',
                url: 'config://TARGET/tell',
                headers: {},
                retryStatuses: [425, 429],
                doubtStatuses: [408, 500],
              },
              upstream: {
                name: 'outside',
                breaker: {
                  window: 20,
                  failureRate: 0.5,
                  cooldown: 5000,
                  maxCooldown: 60000,
                },
              },
              timeout: 30000,
              retry: {
                attempts: 3,
                backoff: 10,
                max: 20,
                factor: 2,
              },
              inDoubt: 'retry',
              idempotencyWindow: 3600000,
              onUnknown: 'hold',
              concurrency: 128,
              concurrencyPerTenant: 128,
              hasCheck: false,
              input: {
                type: 'object',
                properties: {
                  id: {
                    type: 'string',
                  },
                  token: {
                    type: 'string',
                  },
                },
                required: ['id', 'token'],
              },
              output: {},
            },
          ],
          events: [
            {
              type: 'errand.asked',
              schema: {
                type: 'object',
                properties: {
                  id: {
                    type: 'string',
                  },
                  how: {
                    type: 'string',
                    enum: ['done', 'ask'],
                  },
                },
                required: ['id', 'how'],
              },
            },
          ],
          waits: [
            {
              name: 'errand.answer',
              schema: {
                type: 'object',
                properties: {
                  shelf: {
                    type: 'string',
                  },
                },
                required: ['shelf'],
              },
            },
          ],
          sources: [],
          schedules: [
            {
              name: 'nightly',
              cron: '0 4 * * *',
              zone: 'Europe/Berlin',
              missed: 'once',
              type: 'errand.asked',
              data: {
                id: 'nightly',
                how: 'done',
              },
              tenant: '',
            },
          ],
          config: {
            TARGET: 'http://127.0.0.1:7420',
          },
          secrets: [],
        },
        activations: [
          {
            act: 'activated',
            at: '2026-11-22T06:06:54.650099Z',
            by: '47611a3c89e1',
            reason: null,
            previous: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
            rehearsal: {
              at: '2026-11-22T06:06:54.652744Z',
              moved: 0,
              stayed: 0,
              ended: 0,
            },
          },
        ],
      },
    },
  },
  getReleaseBundle: {
    answers: {
      '200': {
        format: 1,
        files: {
          'effects.mjs':
            "import { createRequire as holdfastRequire } from 'node:module';\nconst require = holdfastRequire(import.meta.url);\nvar __defProp = Object.defineProperty;\nvar __export = (target, all2) => {\n  for (var n…",
          'release.json':
            '{"format":1,"app":"errands","sdk":"0.1.0","sagas":[{"name":"errand","style":"generator","on":["errand.asked"],"starts":["errand.asked"],"script":"sagas/errand.js","pin":"compatible","restart":"refuse"…',
          'sagas/errand.js':
            'globalThis.__holdfast = function () {\n\'use strict\';\nlet table;\n(()=>{var WORKFLOW_TYPES={effectSucceeded:"effect.succeeded",effectFailed:"effect.failed",effectUnknown:"effect.unknown",timerFired:"time…',
          'sagas/errand.js.map':
            '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/search-fields.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/sr…',
        },
      },
    },
  },
  listEventTypes: {
    answers: {
      '200': {
        items: [
          {
            type: 'errand.asked',
            schema: {
              type: 'object',
              properties: {
                id: {
                  type: 'string',
                },
                how: {
                  type: 'string',
                  enum: ['done', 'ask'],
                },
              },
              required: ['id', 'how'],
            },
            app: 'errands',
            sagas: [
              {
                saga: 'errand',
                app: 'errands',
                starts: true,
              },
            ],
          },
        ],
        next: null,
      },
    },
  },
  listWorkers: {
    answers: {
      '200': {
        items: [
          {
            id: 'w_6e46da7653a187f6418e',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T06:06:56.540434Z',
            lastSeenAt: '2026-11-22T06:06:56.540574Z',
          },
        ],
        next: null,
      },
    },
  },
  listWorkerRecords: {
    answers: {
      '200': {
        items: [
          {
            id: 1,
            at: '2026-11-22T06:06:56.540760Z',
            worker: 'w_6e46da7653a187f6418e',
            name: 'only-ours-worker',
            kind: 'joined',
            by: 'b0980c6b46fd',
            detail: {
              group: 'default',
              concurrency: 1,
              tenants: [],
              effects: ['nothing'],
              tenant: 'ours',
            },
          },
        ],
        next: null,
      },
    },
  },
  listMqttClients: {
    answers: {
      '200': {
        items: [
          {
            clientId: 'mqttjs_ec37be39',
            key: {
              id: 'f94304a34e52',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T06:06:56.565060Z',
            clean: true,
            subscriptions: [
              {
                filter: 'only-ours/#',
                qos: 1,
              },
            ],
            owed: 0,
          },
        ],
        next: null,
      },
    },
  },
  listMqttRetained: {
    answers: {
      '200': {
        items: [
          {
            topic: 'only-ours/lamp',
            qos: 1,
            payload: '{"lamp":"only-ours"}',
            encoding: 'utf8',
            bytes: 20,
          },
        ],
        next: null,
      },
    },
  },
  listMqttTopics: {
    answers: {
      '200': {
        items: [
          {
            topic: 'only-ours/lamp',
            messages: 1,
            lastAt: '2026-11-22T06:06:56.575975Z',
            qos: 1,
            retain: true,
            payload: '{"lamp":"only-ours"}',
            encoding: 'utf8',
            bytes: 20,
          },
        ],
        next: null,
      },
    },
  },
  getOverview: {
    answers: {
      '200': {
        at: '2026-11-22T06:06:56.740941Z',
        healthy: false,
        problems: [
          {
            code: 'runs.blocked',
            message: '4 runs need a person',
            path: '/needs-you',
          },
          {
            code: 'quarantine.open',
            message: '2 entries in quarantine',
            path: '/needs-you',
          },
        ],
        sum: {
          accepted: 12,
          inProgress: 5,
          needsYou: 4,
          completed: 3,
          compensated: 0,
          failed: 0,
          cancelled: 0,
        },
        quarantine: 2,
        outbox: {
          depth: 4,
          held: 4,
          oldestAgeSeconds: null,
        },
        schedules: {
          pending: 5,
          lagSeconds: 0,
        },
        breakers: [
          {
            upstream: 'errand.press',
            state: 'closed',
          },
          {
            upstream: 'outside',
            state: 'closed',
          },
        ],
        disk: {
          freeBytes: 64230801408,
          dataBytes: 376832,
          walBytes: 2558552,
        },
      },
    },
  },
  getOverviewSeries: {
    answers: {
      '200': {
        stepSeconds: 15,
        from: '2026-11-22T06:06:00.000000Z',
        series: {
          accepted: [0, 0],
          ended: [0, 0],
          outboxDepth: [0, 0],
          outboxAgeSeconds: [0, 0],
          scheduleLagSeconds: [0, 0],
          diskFreeBytes: [0, 0],
        },
      },
    },
  },
  getAttention: {
    answers: {
      '200': {
        total: 6,
        more: false,
        groups: [
          {
            id: 'WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiYWFlOTgyZTBkNDQ0YzRjMjliNzNkNmFhMDNlNTdkNzY2NDA0MjAzYjUyNWY0MTA0YzM2ZmIwY2JjYmE2YmZjOCJd',
            kind: 'doubtful',
            reason: 'effect.in_doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            saga: 'errand',
            effect: 'errand.press',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            count: 4,
            oldest: '2026-11-22T06:06:55.221713Z',
            newest: '2026-11-22T06:06:55.930277Z',
            acts: ['redrive', 'resolve'],
          },
          {
            id: 'WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            kind: 'quarantine',
            reason: 'program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            saga: 'errand',
            effect: null,
            release: null,
            count: 2,
            oldest: '2026-11-22T06:06:56.362397Z',
            newest: '2026-11-22T06:06:56.468302Z',
            acts: ['redrive', 'discard'],
          },
        ],
      },
    },
  },
  listAttention: {
    answers: {
      '200': {
        items: [
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTMyYTIxNTlmLTdlZGMtNGIwYi1hZTFjLTUxNmNlY2IxOWI4NSIsMV0',
            saga: 'errand',
            key: 'only-ours-group-32a2159f-7edc-4b0b-ae1c-516cecb19b85',
            run: 1,
            commandId: 'e6df158e46b862c7a110c4c3f4eb93e3',
            quarantineId: null,
            at: '2026-11-22T06:06:55.930277Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: 'e6df158e46b862c7a110c4c3f4eb93e3',
                idempotencyKey: 'e6df158e46b862c7a110c4c3f4eb93e3',
              },
            ],
            decides: null,
          },
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLXJlc29sdmUtMWY0ZjFmNDAtNzgwMC00OTk3LWE2OTMtMDYwZmE3MGI0YTJlIiwxXQ',
            saga: 'errand',
            key: 'only-ours-resolve-1f4f1f40-7800-4997-a693-060fa70b4a2e',
            run: 1,
            commandId: '3047aaf2908abd16d5255bcd3de8a6fb',
            quarantineId: null,
            at: '2026-11-22T06:06:55.697740Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '3047aaf2908abd16d5255bcd3de8a6fb',
                idempotencyKey: '3047aaf2908abd16d5255bcd3de8a6fb',
              },
            ],
            decides: null,
          },
        ],
        next: 'WyJhdHRlbnRpb24iLDE3OTUzMjc2MTU2OTc3NDAsNV0',
      },
    },
  },
  alerts: {
    answers: {
      '200': {
        open: [
          {
            id: '6b9c1b55-d1f2-4488-a8a3-41e49365e898',
            kind: 'doubtful',
            severity: 'critical',
            tenant: 'ours',
            title: '4 calls of errand.press are in doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'Find out at the other side whether each happened, then resolve them. On the command line: holdfast effects list --state held',
            count: 4,
            since: '2026-11-22T06:06:55.221713Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiYWFlOTgyZTBkNDQ0YzRjMjliNzNkNmFhMDNlNTdkNzY2NDA0MjAzYjUyNWY0MTA0YzM2ZmIwY2JjYmE2YmZjOCJd',
            about: {
              code: 'effect.in_doubt',
              saga: 'errand',
              effect: 'errand.press',
              release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            },
            openedAt: '2026-11-22T06:06:56.757230Z',
            toldAt: null,
          },
          {
            id: 'c8cc7dde-0e3e-460d-a2a3-49f7349d6b54',
            kind: 'quarantine',
            severity: 'warning',
            tenant: 'ours',
            title: '2 entries in quarantine: program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            next: 'Look at what came in; redrive them once the cause is mended, or discard. On the command line: holdfast quarantine list',
            count: 2,
            since: '2026-11-22T06:06:56.362397Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            about: {
              code: 'program.failed',
              saga: 'errand',
              origin: 'runner',
            },
            openedAt: '2026-11-22T06:06:56.757230Z',
            toldAt: null,
          },
        ],
        deliveries: [],
        targets: [],
        ping: null,
      },
    },
  },
  listAudit: {
    answers: {
      '200': {
        items: [
          {
            no: 18,
            seq: 40,
            at: '2026-11-22T06:06:56.508415Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: '47611a3c89e1',
            byName: 'admin',
            reason: 'only-ours: the receipt was lost',
            before: null,
            after: null,
            detail: {
              count: 1,
              saga: 'errand',
              selection: {
                fromSeq: 1,
                fromTime: null,
                seqs: [18],
                toSeq: 39,
                toTime: null,
                types: ['errand.asked'],
              },
            },
            hash: '25a98ea75670bd7e01e31bd8872c0c753b5213b8e9cdbf2717e6f3473485ae7f',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T06:06:54.837861Z',
            act: 'key.created',
            target: 'key/afb8e82228ac',
            by: '47611a3c89e1',
            byName: 'admin',
            reason: null,
            before: null,
            after: {
              expiresAt: null,
              inForce: true,
              scopes: ['view'],
              topics: null,
              types: null,
            },
            detail: {
              name: 'only-ours-spare',
              scopes: ['view'],
            },
            hash: 'f29d943a192cf931aa1dbb5ba06dfc699cf4df21087414e16e30eaa8b20ec975',
          },
        ],
        next: 'WyJhdWRpdCIsMTdd',
      },
    },
  },
  verifyAudit: {
    answers: {
      '200': {
        ok: true,
        entries: 18,
        head: '25a98ea75670bd7e01e31bd8872c0c753b5213b8e9cdbf2717e6f3473485ae7f',
        faults: [],
      },
    },
  },
  startJournalVerification: {
    answers: {
      '202': {
        state: 'running',
        startedAt: '2026-11-22T06:06:56.774Z',
        endedAt: null,
        progress: null,
        report: null,
        error: null,
      },
    },
  },
  getJournalVerification: {
    answers: {
      '200': {
        state: 'done',
        startedAt: '2026-11-22T06:06:56.774Z',
        endedAt: '2026-11-22T06:06:56.835Z',
        progress: null,
        report: {
          ok: true,
          commits: 52,
          events: 43,
          transitions: 20,
          attemptRecords: 24,
          head: {
            no: 52,
            digest: 'a4c84bd53ecf5d0c78e462ff040eec21947d30002838b1986671f2d490b9402a',
          },
          faults: [],
        },
        error: null,
      },
    },
  },
  listKeys: {
    answers: {
      '200': {
        items: [
          {
            id: '47611a3c89e1',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T06:06:52.057247Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: '68de2f8648d1',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T06:06:54.742118Z',
            expiresAt: null,
            revokedAt: null,
          },
        ],
        next: null,
      },
    },
  },
  listSecrets: {
    answers: {
      '200': {
        items: [],
        next: null,
      },
    },
  },
  listTenants: {
    answers: {
      '200': {
        items: [
          {
            tenant: '',
            keys: 1,
            live: 0,
          },
          {
            tenant: 'elsewhere',
            keys: 1,
            live: 0,
          },
        ],
        next: null,
      },
    },
  },
  getSettings: {
    answers: {
      '200': {
        file: null,
        items: [
          {
            name: 'mode',
            value: 'combined',
            written: 'combined',
            origin: {
              kind: 'default',
              at: 'default',
            },
          },
          {
            name: 'dataDir',
            value: '/var/lib/holdfast',
            written: '/var/lib/holdfast',
            origin: {
              kind: 'flag',
              at: '--data-dir',
            },
          },
        ],
      },
    },
  },
  publishEvents: {
    body: {
      specversion: '1.0',
      id: 'only-ours-published',
      source: '/shop',
      type: 'errand.asked',
      data: {
        id: 'only-ours-published',
        how: 'done',
      },
    },
    answers: {
      '202': {
        seq: 44,
        id: 'only-ours-published',
        duplicate: false,
      },
    },
  },
  cancelSaga: {
    body: {
      reason: 'the customer called',
    },
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-cancel-4210b424-5da2-44a6-929d-672eecaea274',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T06:06:55.012193Z',
        updatedAt: '2026-11-22T06:06:56.861279Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-4210b424-5da2-44a6-929d-672eecaea274',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-4210b424-5da2-44a6-929d-672eecaea274',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '7188a4ef-54e1-46fd-be01-af745baac987',
            data: {
              id: 'only-ours-cancel-4210b424-5da2-44a6-929d-672eecaea274',
              how: 'silent',
            },
            t: 1795327615012193,
          },
          arrivals: [],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [],
        search: [],
        cause: {
          seq: 24,
          id: '7188a4ef-54e1-46fd-be01-af745baac987',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T06:06:55.012193Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'd6939da89bf53f331b57f141aca20aeb',
            happened: 'in_doubt',
            attempts: 1,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'whether errand.press took effect is unknown (one attempt): cancelled while nobody knew whether it happened',
          },
        ],
      },
    },
  },
  redriveSaga: {
    body: {
      reason: 'the press is back',
    },
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-redrive-f48e1ce0-94c2-48ef-ada7-8101d1293c49',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T06:06:55.256081Z',
        updatedAt: '2026-11-22T06:06:56.871257Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-f48e1ce0-94c2-48ef-ada7-8101d1293c49',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-f48e1ce0-94c2-48ef-ada7-8101d1293c49',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'a71ccd2f-d24a-407d-8967-8a721646c644',
            data: {
              id: 'only-ours-redrive-f48e1ce0-94c2-48ef-ada7-8101d1293c49',
              how: 'silent',
            },
            t: 1795327615256081,
          },
          arrivals: [],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [],
        search: [],
        cause: {
          seq: 25,
          id: 'a71ccd2f-d24a-407d-8967-8a721646c644',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T06:06:55.256081Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '85784cbe270d649b7431c3514a3bfa57',
            happened: 'in_doubt',
            attempts: 2,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'whether errand.press took effect is unknown so far; attempt 2 is under way',
          },
        ],
      },
    },
  },
  restartSaga: {
    body: {
      reason: 'it was lost on the way',
      repeatEffects: true,
    },
    answers: {
      '200': {
        dryRun: false,
        run: 2,
        effects: [
          {
            commandId: '4bf3359542a86f904ad448d0d4d8d130',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-7cbf3910-585a-4834-a419-bce4b4fde15e',
      },
    },
  },
  resolveEffect: {
    body: {
      as: 'succeeded',
      output: {
        receipt: 'only-ours-seen',
      },
      reason: 'I looked',
    },
    answers: {
      '200': {
        kind: 'effect',
        commandId: '3047aaf2908abd16d5255bcd3de8a6fb',
        saga: 'errand',
        key: 'only-ours-resolve-1f4f1f40-7800-4997-a693-060fa70b4a2e',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T06:06:55.493486Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-1f4f1f40-7800-4997-a693-060fa70b4a2e',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 57,
        firstAttemptAt: '2026-11-22T06:06:55.494837Z',
      },
    },
  },
  actOnAttention: {
    body: {
      reason: 'I asked the press',
      confirmCount: 1,
      items: [
        'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTMyYTIxNTlmLTdlZGMtNGIwYi1hZTFjLTUxNmNlY2IxOWI4NSIsMV0',
      ],
      resolve: {
        as: 'succeeded',
        output: {
          receipt: 'only-ours-told',
        },
      },
    },
    answers: {
      '200': {
        done: 1,
        refused: [],
        left: 0,
        next: null,
      },
    },
  },
  completeWait: {
    body: {
      shelf: 'A',
    },
    answers: {
      '200': {
        state: 'completed',
      },
    },
  },
  failWait: {
    body: {
      message: 'nobody there',
    },
    answers: {
      '200': {
        state: 'failed',
      },
    },
  },
  completeWaitByToken: {
    body: {
      shelf: 'B',
    },
    answers: {
      '200': {
        state: 'completed',
      },
    },
  },
  failWaitByToken: {
    body: {
      message: 'no shelf',
    },
    answers: {
      '200': {
        state: 'failed',
      },
    },
  },
  discardQuarantine: {
    body: {
      reason: 'a test',
    },
    answers: {
      '200': {
        id: 1,
        at: '2026-11-22T06:06:56.362397Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '6b85f040-7d00-4f3c-9528-7ce5e78c3b3b',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-1-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 38,
        commandId: null,
        state: 'discarded',
        attempts: 1,
        next: null,
        resolution: {
          at: '2026-11-22T06:06:56.948784Z',
          by: 'f94304a34e52',
          reason: 'a test',
          seq: null,
        },
      },
    },
  },
  redriveQuarantine: {
    body: {
      reason: 'mended',
    },
    answers: {
      '200': {
        id: 2,
        at: '2026-11-22T06:06:56.468302Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '349d38d7-ee61-4c8b-b3f0-e031947862d6',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-2-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 39,
        commandId: null,
        state: 'redriven',
        attempts: 1,
        next: null,
        resolution: {
          at: '2026-11-22T06:06:56.957166Z',
          by: 'f94304a34e52',
          reason: 'mended',
          seq: 74,
        },
      },
    },
  },
  reprocess: {
    body: {
      saga: 'errand',
      all: true,
    },
    answers: {
      '200': {
        dryRun: true,
        count: 14,
        effects: [
          {
            effect: 'errand.press',
            count: 7,
          },
          {
            effect: 'errand.tell',
            count: 5,
          },
        ],
        looked: 14,
        saga: 'errand',
      },
    },
  },
  listReprocesses: {
    answers: {
      '200': {
        items: [
          {
            id: 40,
            saga: 'errand',
            state: 'done',
            total: 1,
            done: 1,
            startedAt: '2026-11-22T06:06:56.508415Z',
            endedAt: '2026-11-22T06:06:56.520930Z',
            by: '47611a3c89e1',
            reason: 'only-ours: the receipt was lost',
          },
        ],
        next: null,
      },
    },
  },
  getReprocess: {
    answers: {
      '200': {
        id: 40,
        saga: 'errand',
        state: 'done',
        total: 1,
        done: 1,
        startedAt: '2026-11-22T06:06:56.508415Z',
        endedAt: '2026-11-22T06:06:56.520930Z',
        by: '47611a3c89e1',
        reason: 'only-ours: the receipt was lost',
      },
    },
  },
  signIn: {
    body: {
      key: 'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    },
    answers: {
      '200': {
        keyId: 'f94304a34e52',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T06:06:56.977107Z',
        by: 'session',
      },
    },
  },
  signOut: {
    answers: {},
  },
  createLoginLink: {
    answers: {
      '201': {
        url: 'http://127.0.0.1:7420/login#hl_nQ_2dd84hVamAiFqZJmZLeivtzsgUgmLSmYlAAovwr8',
        expiresAt: '2026-11-22T06:11:56.982718Z',
      },
    },
  },
  confirmClock: {
    body: {
      reason: 'it is right',
    },
    answers: {},
  },
  registerRelease: {
    body: {
      format: 1,
      files: {
        'effects.mjs':
          "import { createRequire as holdfastRequire } from 'node:module';\nconst require = holdfastRequire(import.meta.url);\nvar __defProp = Object.defineProperty;\nvar __export = (target, all2) => {\n  for (var n…",
        'release.json':
          '{"format":1,"app":"errands","sdk":"0.1.0","sagas":[{"name":"errand","style":"generator","on":["errand.asked"],"starts":["errand.asked"],"script":"sagas/errand.js","pin":"compatible","restart":"refuse"…',
        'sagas/errand.js':
          'globalThis.__holdfast = function () {\n\'use strict\';\nlet table;\n(()=>{var WORKFLOW_TYPES={effectSucceeded:"effect.succeeded",effectFailed:"effect.failed",effectUnknown:"effect.unknown",timerFired:"time…',
        'sagas/errand.js.map':
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/search-fields.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        app: 'errands',
        isNew: false,
      },
    },
  },
  rehearseRelease: {
    body: {
      format: 1,
      files: {
        'effects.mjs':
          "import { createRequire as holdfastRequire } from 'node:module';\nconst require = holdfastRequire(import.meta.url);\nvar __defProp = Object.defineProperty;\nvar __export = (target, all2) => {\n  for (var n…",
        'release.json':
          '{"format":1,"app":"errands","sdk":"0.1.0","sagas":[{"name":"errand","style":"generator","on":["errand.asked"],"starts":["errand.asked"],"script":"sagas/errand.js","pin":"compatible","restart":"refuse"…',
        'sagas/errand.js':
          'globalThis.__holdfast = function () {\n\'use strict\';\nlet table;\n(()=>{var WORKFLOW_TYPES={effectSucceeded:"effect.succeeded",effectFailed:"effect.failed",effectUnknown:"effect.unknown",timerFired:"time…',
        'sagas/errand.js.map':
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/search-fields.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        app: 'errands',
        digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        previous: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T06:06:57.014764Z',
          endedAt: '2026-11-22T06:06:57.015777Z',
          inFlight: 0,
          examined: 0,
          moved: 0,
          stayed: 0,
          ended: 0,
          stays: [],
          after: 0,
          next: null,
          error: null,
        },
      },
    },
  },
  activateRelease: {
    body: {
      reason: 'mended',
      dryRun: true,
    },
    answers: {
      '200': {
        app: 'errands',
        digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        previous: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T06:06:57.018597Z',
          endedAt: '2026-11-22T06:06:57.019162Z',
          inFlight: 0,
          examined: 0,
          moved: 0,
          stayed: 0,
          ended: 0,
          stays: [],
          after: 0,
          next: null,
          error: null,
        },
      },
    },
  },
  getRehearsal: {
    answers: {
      '200': {
        app: 'errands',
        digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        dryRun: true,
        state: 'finished',
        startedAt: '2026-11-22T06:06:57.018597Z',
        endedAt: '2026-11-22T06:06:57.019162Z',
        inFlight: 0,
        examined: 0,
        moved: 0,
        stayed: 0,
        ended: 0,
        stays: [],
        after: 0,
        next: null,
        error: null,
      },
    },
  },
  rollbackRelease: {
    body: {
      app: 'errands',
      reason: 'worse',
    },
    answers: {
      '200': {
        app: 'errands',
        digest: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
        previous: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        dryRun: false,
        rehearsal: {
          app: 'errands',
          digest: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
          dryRun: false,
          state: 'finished',
          startedAt: '2026-11-22T06:06:57.026370Z',
          endedAt: '2026-11-22T06:06:57.043160Z',
          inFlight: 2,
          examined: 2,
          moved: 2,
          stayed: 0,
          ended: 0,
          stays: [],
          after: 0,
          next: null,
          error: null,
        },
      },
    },
  },
  joinWorker: {
    body: {
      name: 'only-ours-joined',
      concurrency: 1,
      effects: ['nothing'],
    },
    answers: {
      '200': {
        id: 'w_42fbfb5cfdf46eb07ed1',
        ackWait: 3600000,
        beatEvery: 1200000,
        tenants: [],
        lost: [],
      },
    },
  },
  beatWorker: {
    body: {
      holding: [],
    },
    answers: {
      '200': {
        lost: [],
        tenants: [],
      },
    },
  },
  leaseCommands: {
    body: {
      poll: 1,
      max: 1,
      wait: '1ms',
    },
    answers: {
      '200': {
        commands: [],
      },
    },
  },
  completeCommand: {
    body: {
      tenantId: 'ours',
      commandId: '00000000000000000000000000000000',
      effectName: 'nothing',
      attempt: 1,
      resultType: 'succeeded',
      payload: {},
      timestamp: '2026-11-21T09:00:00Z',
    },
    answers: {},
  },
  placeWorker: {
    body: {
      tenants: ['ours'],
      reason: 'moved',
    },
    answers: {
      '200': {
        id: 'w_6e46da7653a187f6418e',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T06:06:56.540434Z',
        lastSeenAt: '2026-11-22T06:06:57.059464Z',
      },
    },
  },
  drainWorker: {
    body: {},
    answers: {},
  },
  leaveWorker: {
    body: {},
    answers: {},
  },
  testAlerts: {
    body: {
      reason: 'a new phone',
    },
    answers: {
      '200': {
        items: [],
      },
    },
  },
  createKey: {
    body: {
      name: 'till',
      scopes: ['publish'],
      types: ['errand.*'],
    },
    answers: {
      '201': {
        key: {
          id: '682e4acbb88b',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T06:06:57.075571Z',
          expiresAt: null,
          revokedAt: null,
        },
        secret: 'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      },
    },
  },
  revokeKey: {
    answers: {},
  },
  setSecret: {
    body: {
      value: 'swordfish',
    },
    answers: {},
  },
  removeSecret: {
    answers: {},
  },
  recordProfile: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T060657097Z-reader.cpuprofile',
        bytes: 8979,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T060658149Z-reader.heapsnapshot',
        bytes: 12006901,
      },
    },
  },
  reload: {
    body: {
      reason: 'a new value',
    },
    answers: {
      '200': {
        applied: [],
        afterRestart: [],
        deployed: [],
      },
    },
  },
  drain: {
    body: {
      reason: 'maintenance',
      timeout: '1s',
    },
    answers: {
      '200': {
        drained: true,
        inFlight: 0,
      },
    },
  },
};
