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
        startedAt: '2026-11-22T08:22:51.398396Z',
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
            id: 'e6927c92280b3190f4d9ba73666e7856:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            time: null,
            receivedAt: '2026-11-22T08:22:56.213948Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            causationId: '90ef42af12322545abc84c765204f6d3:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
              },
              error: null,
            },
          },
          {
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '90ef42af12322545abc84c765204f6d3:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            time: null,
            receivedAt: '2026-11-22T08:22:56.212725Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            causationId: '90ef42af12322545abc84c765204f6d3',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
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
        id: '69026396-51ed-48d5-9888-c11f96089efd',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T08:22:56.060081Z',
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
            key: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T08:22:56.202551Z',
            updatedAt: '2026-11-22T08:22:56.212725Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T08:22:55.992115Z',
            updatedAt: '2026-11-22T08:22:55.998852Z',
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
        key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T08:22:55.992115Z',
        updatedAt: '2026-11-22T08:22:55.998852Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
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
            id: '0ceb8ecb-f61d-4648-b62c-d890be5b6b1d',
            data: {
              id: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
              how: 'ask',
            },
            t: 1795335775992115,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795335775998852,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T08:22:55.998852Z',
            expiresAt: '2026-11-22T09:22:55.998852Z',
          },
        ],
        search: [],
        cause: {
          seq: 36,
          id: '0ceb8ecb-f61d-4648-b62c-d890be5b6b1d',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T08:22:55.992115Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: '75c1c9acd89c15244ca309d4e9118fea',
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
        key: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T08:22:56.210095Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 41,
            version: null,
            step: null,
            detail: {
              id: '2e47be4b-3e18-4f2f-9dcd-4f7fbbd85fc5',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T08:22:56.202551Z',
              data: {
                id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T08:22:56.210095Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 41,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T08:22:56.202551Z',
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
                      id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
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
        earlier: null,
      },
    },
  },
  getStateAt: {
    answers: {
      '200': {
        version: 1,
        seq: 41,
        recordedAt: '2026-11-22T08:22:56.202551Z',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '2e47be4b-3e18-4f2f-9dcd-4f7fbbd85fc5',
            data: {
              id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
              how: 'done',
            },
            t: 1795335776202551,
          },
          arrivals: [],
        },
        stateHash: 'f4a4874a8c68e0d30b61d18b4f078a77043e43cd542cf0f0ce0b7679dc9aa0b9',
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
                id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
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
                    id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: '2e47be4b-3e18-4f2f-9dcd-4f7fbbd85fc5',
                data: {
                  id: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
                  how: 'done',
                },
                t: 1795335776202551,
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
        key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
        run: 1,
        cause: {
          seq: 36,
          id: '0ceb8ecb-f61d-4648-b62c-d890be5b6b1d',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T08:22:55.992115Z',
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
          recordedAt: '2026-11-22T08:22:55.998852Z',
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
          'It waits for errand.answer until 2026-11-22T09:22:55Z, since 2026-11-22T08:22:55Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T08:22:55.998852Z',
            text: 'waits for errand.answer until 2026-11-22T09:22:55Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10 errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: '82f1819e00c2',
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
            key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T08:22:55.998852Z',
            expiresAt: '2026-11-22T09:22:55.998852Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-47fd032f-3f25-4ef4-bac3-a359f61b9b93',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T08:22:55.931134Z',
            expiresAt: '2026-11-22T09:22:55.931134Z',
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
        askedAt: '2026-11-22T08:22:55.998852Z',
        expiresAt: '2026-11-22T09:22:55.998852Z',
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
            commandId: '90ef42af12322545abc84c765204f6d3',
            saga: 'errand',
            key: 'only-ours-done-d4a23738-f164-456e-9918-4a49fb85927d',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T08:22:56.202551Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: '75c1c9acd89c15244ca309d4e9118fea',
            saga: 'errand',
            key: 'only-ours-shown-cf6e1d64-914d-48d4-b6aa-d5d7d1023d10',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T08:22:55.992115Z',
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
        commandId: '773593fb55108c0f9c50778a2131ebba',
        saga: 'errand',
        key: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T08:22:55.223070Z',
        dueAt: '2026-11-22T08:22:55.223070Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T08:22:55.224616Z',
        timeline: [
          {
            at: '2026-11-22T08:22:55.223070Z',
            kind: 'effect',
            title: 'errand.press requested',
            seq: null,
            version: null,
            step: 'errand.press#1',
            detail: {
              commandId: '773593fb55108c0f9c50778a2131ebba',
              kind: 'effect',
              state: 'held',
              outcome: null,
              attempts: 1,
              doubtful: true,
              input: {
                how: 'silent',
                id: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
              },
            },
          },
          {
            at: '2026-11-22T08:22:55.224616Z',
            seq: null,
            version: null,
            step: 'errand.press#1',
            kind: 'attempt',
            title: 'errand.press called (attempt 1)',
            detail: {
              commandId: '773593fb55108c0f9c50778a2131ebba',
              attempt: 1,
              mode: 'call',
            },
          },
        ],
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: '79d854292645e025774c45579d69de9f',
            saga: 'errand',
            key: 'only-ours-cancel-795e558a-53bb-449f-b1f6-7eec3a71be62',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T08:22:54.759838Z',
            dueAt: '2026-11-22T08:22:54.759838Z',
          },
          {
            kind: 'effect',
            commandId: '81ebde3f0a085afa6c26dba7fd4d1a8e',
            saga: 'errand',
            key: 'only-ours-redrive-9b5eb34f-7e6b-4625-ac33-b47f6ede876f',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T08:22:54.991462Z',
            dueAt: '2026-11-22T08:22:54.991462Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMzU3NzQ5OTE0NjIsNF0',
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
                  p50: 0.00475,
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
            at: '2026-11-22T08:22:56.154135Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: 'e2a24829-a5c8-41aa-a5f7-06615d34b0b3',
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
            at: '2026-11-22T08:22:56.068790Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '69026396-51ed-48d5-9888-c11f96089efd',
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
        at: '2026-11-22T08:22:56.154135Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: 'e2a24829-a5c8-41aa-a5f7-06615d34b0b3',
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
            dueAt: '2026-11-22T09:22:55.726439Z',
            saga: 'errand',
            key: 'only-ours-complete-a59cb6a1-673d-457d-82c8-edd4079cb658',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T09:22:55.797904Z',
            saga: 'errand',
            key: 'only-ours-fail-18408166-74b8-4753-a01a-2210cf941201',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMzkzNzU3OTc5MDQsMiwiIl0',
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
            registeredAt: '2026-11-22T08:22:52.937192Z',
            registeredBy: '028f81025d59',
            activatedAt: '2026-11-22T08:22:52.954487Z',
            activatedBy: '028f81025d59',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T08:22:54.352785Z',
            registeredBy: '028f81025d59',
            activatedAt: '2026-11-22T08:22:54.368740Z',
            activatedBy: '028f81025d59',
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
        registeredAt: '2026-11-22T08:22:54.352785Z',
        registeredBy: '028f81025d59',
        activatedAt: '2026-11-22T08:22:54.368740Z',
        activatedBy: '028f81025d59',
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
            at: '2026-11-22T08:22:54.368740Z',
            by: '028f81025d59',
            reason: null,
            previous: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
            rehearsal: {
              at: '2026-11-22T08:22:54.372789Z',
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
            id: 'w_ac3b537e976b28885a88',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T08:22:56.222622Z',
            lastSeenAt: '2026-11-22T08:22:56.222741Z',
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
            at: '2026-11-22T08:22:56.222925Z',
            worker: 'w_ac3b537e976b28885a88',
            name: 'only-ours-worker',
            kind: 'joined',
            by: 'b5002ab3c9c1',
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
            clientId: 'mqttjs_c0908397',
            key: {
              id: '82f1819e00c2',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T08:22:56.243861Z',
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
            lastAt: '2026-11-22T08:22:56.253853Z',
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
        at: '2026-11-22T08:22:56.385289Z',
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
          freeBytes: 63786213376,
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
        from: '2026-11-22T08:22:45.000000Z',
        series: {
          accepted: [12],
          ended: [3],
          outboxDepth: [4],
          outboxAgeSeconds: [0],
          scheduleLagSeconds: [0],
          diskFreeBytes: [63786213376],
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
            oldest: '2026-11-22T08:22:54.964436Z',
            newest: '2026-11-22T08:22:55.681555Z',
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
            oldest: '2026-11-22T08:22:56.068790Z',
            newest: '2026-11-22T08:22:56.154135Z',
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
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTFkZTJkZTFlLWYxOWYtNGQ1Ni1iZmU4LWM0ZWQ0OTI3YWViMyIsMV0',
            saga: 'errand',
            key: 'only-ours-group-1de2de1e-f19f-4d56-bfe8-c4ed4927aeb3',
            run: 1,
            commandId: 'f4b29e381d3a34a81aded18c6509c9de',
            quarantineId: null,
            at: '2026-11-22T08:22:55.681555Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: 'f4b29e381d3a34a81aded18c6509c9de',
                idempotencyKey: 'f4b29e381d3a34a81aded18c6509c9de',
              },
            ],
            decides: null,
          },
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLXJlc29sdmUtY2EzMTBhMWEtY2Q4ZC00ZjU1LWJlOWQtOGYzNDgzNTI0ODJmIiwxXQ',
            saga: 'errand',
            key: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
            run: 1,
            commandId: '773593fb55108c0f9c50778a2131ebba',
            quarantineId: null,
            at: '2026-11-22T08:22:55.428109Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '773593fb55108c0f9c50778a2131ebba',
                idempotencyKey: '773593fb55108c0f9c50778a2131ebba',
              },
            ],
            decides: null,
          },
        ],
        next: 'WyJhdHRlbnRpb24iLDE3OTUzMzU3NzU0MjgxMDksNV0',
      },
    },
  },
  alerts: {
    answers: {
      '200': {
        open: [
          {
            id: 'e0f39fa9-0e2a-450f-aa40-1a8e124481bf',
            kind: 'doubtful',
            severity: 'critical',
            tenant: 'ours',
            title: '4 calls of errand.press are in doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'Find out at the other side whether each happened, then resolve them. On the command line: holdfast effects list --state held',
            count: 4,
            since: '2026-11-22T08:22:54.964436Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiYWFlOTgyZTBkNDQ0YzRjMjliNzNkNmFhMDNlNTdkNzY2NDA0MjAzYjUyNWY0MTA0YzM2ZmIwY2JjYmE2YmZjOCJd',
            about: {
              code: 'effect.in_doubt',
              saga: 'errand',
              effect: 'errand.press',
              release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            },
            openedAt: '2026-11-22T08:22:56.396283Z',
            toldAt: null,
          },
          {
            id: '66bbbe4d-8477-4443-bbaa-19ce7b1a549f',
            kind: 'quarantine',
            severity: 'warning',
            tenant: 'ours',
            title: '2 entries in quarantine: program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            next: 'Look at what came in; redrive them once the cause is mended, or discard. On the command line: holdfast quarantine list',
            count: 2,
            since: '2026-11-22T08:22:56.068790Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            about: {
              code: 'program.failed',
              saga: 'errand',
              origin: 'runner',
            },
            openedAt: '2026-11-22T08:22:56.396283Z',
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
            at: '2026-11-22T08:22:56.200441Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: '028f81025d59',
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
            hash: 'ff8e19e6f2f6acc8c01f9cd034bb31e6e0299197ad8535538d6c6128c5a8abde',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T08:22:54.595073Z',
            act: 'key.created',
            target: 'key/80e581d840ec',
            by: '028f81025d59',
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
            hash: 'd5d15c52254c5db31d7ea81283dbadb1eca9169d715fcc2eaf1ac2dc1864ee57',
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
        head: 'ff8e19e6f2f6acc8c01f9cd034bb31e6e0299197ad8535538d6c6128c5a8abde',
        faults: [],
      },
    },
  },
  startJournalVerification: {
    answers: {
      '202': {
        state: 'running',
        startedAt: '2026-11-22T08:22:56.408Z',
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
        startedAt: '2026-11-22T08:22:56.408Z',
        endedAt: '2026-11-22T08:22:56.475Z',
        progress: null,
        report: {
          ok: true,
          commits: 52,
          events: 43,
          transitions: 20,
          attemptRecords: 24,
          head: {
            no: 52,
            digest: '29d0e0e15b873b7049e936d64895cff80d9c3d03404976eddca53faa5750135c',
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
            id: '028f81025d59',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T08:22:51.601420Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: '08dd36c9c014',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T08:22:54.510567Z',
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
        key: 'only-ours-cancel-795e558a-53bb-449f-b1f6-7eec3a71be62',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T08:22:54.759838Z',
        updatedAt: '2026-11-22T08:22:56.496878Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-795e558a-53bb-449f-b1f6-7eec3a71be62',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-795e558a-53bb-449f-b1f6-7eec3a71be62',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'df17d67a-6fa3-4dd5-98a3-c134e55932cd',
            data: {
              id: 'only-ours-cancel-795e558a-53bb-449f-b1f6-7eec3a71be62',
              how: 'silent',
            },
            t: 1795335774759838,
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
          id: 'df17d67a-6fa3-4dd5-98a3-c134e55932cd',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T08:22:54.759838Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '79d854292645e025774c45579d69de9f',
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
        key: 'only-ours-redrive-9b5eb34f-7e6b-4625-ac33-b47f6ede876f',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T08:22:54.991462Z',
        updatedAt: '2026-11-22T08:22:56.505194Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-9b5eb34f-7e6b-4625-ac33-b47f6ede876f',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-9b5eb34f-7e6b-4625-ac33-b47f6ede876f',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '0084ea51-8f38-4d57-8759-93d6055f6f3f',
            data: {
              id: 'only-ours-redrive-9b5eb34f-7e6b-4625-ac33-b47f6ede876f',
              how: 'silent',
            },
            t: 1795335774991462,
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
          id: '0084ea51-8f38-4d57-8759-93d6055f6f3f',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T08:22:54.991462Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '81ebde3f0a085afa6c26dba7fd4d1a8e',
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
            commandId: '66564b1c019544ffd18548c9c6133bad',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-620d23b5-ca31-4d3f-8ff9-c4aa25dd02c5',
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
        commandId: '773593fb55108c0f9c50778a2131ebba',
        saga: 'errand',
        key: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T08:22:55.223070Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 57,
        firstAttemptAt: '2026-11-22T08:22:55.224616Z',
        timeline: [
          {
            at: '2026-11-22T08:22:55.223070Z',
            kind: 'effect',
            title: 'errand.press requested',
            seq: null,
            version: null,
            step: 'errand.press#1',
            detail: {
              commandId: '773593fb55108c0f9c50778a2131ebba',
              kind: 'effect',
              state: 'settled',
              outcome: 'succeeded',
              attempts: 1,
              doubtful: true,
              input: {
                how: 'silent',
                id: 'only-ours-resolve-ca310a1a-cd8d-4f55-be9d-8f348352482f',
              },
            },
          },
          {
            at: '2026-11-22T08:22:55.224616Z',
            seq: null,
            version: null,
            step: 'errand.press#1',
            kind: 'attempt',
            title: 'errand.press called (attempt 1)',
            detail: {
              commandId: '773593fb55108c0f9c50778a2131ebba',
              attempt: 1,
              mode: 'call',
            },
          },
        ],
      },
    },
  },
  actOnAttention: {
    body: {
      reason: 'I asked the press',
      confirmCount: 1,
      items: [
        'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTFkZTJkZTFlLWYxOWYtNGQ1Ni1iZmU4LWM0ZWQ0OTI3YWViMyIsMV0',
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
        at: '2026-11-22T08:22:56.068790Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '69026396-51ed-48d5-9888-c11f96089efd',
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
          at: '2026-11-22T08:22:56.557917Z',
          by: '82f1819e00c2',
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
        at: '2026-11-22T08:22:56.154135Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: 'e2a24829-a5c8-41aa-a5f7-06615d34b0b3',
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
          at: '2026-11-22T08:22:56.564152Z',
          by: '82f1819e00c2',
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
            startedAt: '2026-11-22T08:22:56.200441Z',
            endedAt: '2026-11-22T08:22:56.210170Z',
            by: '028f81025d59',
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
        startedAt: '2026-11-22T08:22:56.200441Z',
        endedAt: '2026-11-22T08:22:56.210170Z',
        by: '028f81025d59',
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
        keyId: '82f1819e00c2',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T08:22:56.581056Z',
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
        url: 'http://127.0.0.1:7420/login#hl_-jFobDaxVHa6KZBNoL2-rR3k3ZYBXGIs73SWz5D5XwY',
        expiresAt: '2026-11-22T08:27:56.587943Z',
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
          startedAt: '2026-11-22T08:22:56.620611Z',
          endedAt: '2026-11-22T08:22:56.621401Z',
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
          startedAt: '2026-11-22T08:22:56.624006Z',
          endedAt: '2026-11-22T08:22:56.624446Z',
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
        startedAt: '2026-11-22T08:22:56.624006Z',
        endedAt: '2026-11-22T08:22:56.624446Z',
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
          startedAt: '2026-11-22T08:22:56.631433Z',
          endedAt: '2026-11-22T08:22:56.646865Z',
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
        id: 'w_0ae882a29e22ff019221',
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
        id: 'w_ac3b537e976b28885a88',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T08:22:56.222622Z',
        lastSeenAt: '2026-11-22T08:22:56.656849Z',
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
          id: 'acc6bab50b8a',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T08:22:56.673103Z',
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
        file: '/var/lib/holdfast/logs/20261122T082256694Z-reader.cpuprofile',
        bytes: 10084,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T082257751Z-reader.heapsnapshot',
        bytes: 12693531,
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
