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
        startedAt: '2026-11-22T05:18:41.698548Z',
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
            id: 'f7fbe8d6c1971d28f26e235690fb450f:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            time: null,
            receivedAt: '2026-11-22T05:19:07.663338Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            causationId: 'dc1fc8a5fc1294e4cf540353913fd8da:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
              },
              error: null,
            },
          },
          {
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: 'dc1fc8a5fc1294e4cf540353913fd8da:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            time: null,
            receivedAt: '2026-11-22T05:19:07.653389Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            causationId: 'dc1fc8a5fc1294e4cf540353913fd8da',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
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
        id: 'f29e5808-0c91-4b4a-a009-c750cc5c5359',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T05:19:05.042297Z',
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
            key: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T05:19:07.622444Z',
            updatedAt: '2026-11-22T05:19:07.653389Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T05:19:04.866976Z',
            updatedAt: '2026-11-22T05:19:04.935888Z',
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
        key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:19:04.866976Z',
        updatedAt: '2026-11-22T05:19:04.935888Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
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
            id: 'd55812e9-2ba1-4171-8965-2639ad908eb1',
            data: {
              id: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
              how: 'ask',
            },
            t: 1795324744866976,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795324744935888,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:19:04.935888Z',
            expiresAt: '2026-11-22T06:19:04.935888Z',
          },
        ],
        search: [],
        cause: {
          seq: 36,
          id: 'd55812e9-2ba1-4171-8965-2639ad908eb1',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:19:04.866976Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: 'b05b320c3b7fb35c893c295e54337dd5',
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
        key: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T05:19:07.645473Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 41,
            version: null,
            step: null,
            detail: {
              id: '240ca35c-4a46-4ec7-9d63-316c5e047a8b',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T05:19:07.622444Z',
              data: {
                id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T05:19:07.645473Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 41,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T05:19:07.622444Z',
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
                      id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
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
        recordedAt: '2026-11-22T05:19:07.622444Z',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '240ca35c-4a46-4ec7-9d63-316c5e047a8b',
            data: {
              id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
              how: 'done',
            },
            t: 1795324747622444,
          },
          arrivals: [],
        },
        stateHash: '16d80361bdbe6a84ff93e97cf772b32c28ee2ff676a4789ff5f061eb146238b3',
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
                id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
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
                    id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: '240ca35c-4a46-4ec7-9d63-316c5e047a8b',
                data: {
                  id: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
                  how: 'done',
                },
                t: 1795324747622444,
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
        key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
        run: 1,
        cause: {
          seq: 36,
          id: 'd55812e9-2ba1-4171-8965-2639ad908eb1',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:19:04.866976Z',
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
          recordedAt: '2026-11-22T05:19:04.935888Z',
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
          'It waits for errand.answer until 2026-11-22T06:19:04Z, since 2026-11-22T05:19:04Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T05:19:04.935888Z',
            text: 'waits for errand.answer until 2026-11-22T06:19:04Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4 errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: 'cedf4723bf46',
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
            key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:19:04.935888Z',
            expiresAt: '2026-11-22T06:19:04.935888Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-0d56717c-7a2f-434f-88e4-84becf53e20a',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:19:04.809500Z',
            expiresAt: '2026-11-22T06:19:04.809500Z',
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
        askedAt: '2026-11-22T05:19:04.935888Z',
        expiresAt: '2026-11-22T06:19:04.935888Z',
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
            commandId: 'dc1fc8a5fc1294e4cf540353913fd8da',
            saga: 'errand',
            key: 'only-ours-done-1781f1c9-0651-46e1-bdeb-350f69c30b22',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T05:19:07.622444Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: 'b05b320c3b7fb35c893c295e54337dd5',
            saga: 'errand',
            key: 'only-ours-shown-9e9e094c-6e67-4dbf-aa5a-5a3634e22fd4',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T05:19:04.866976Z',
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
        commandId: '901591f02994f0f5530b0de1c7e1e1e3',
        saga: 'errand',
        key: 'only-ours-resolve-f4903cc1-71fa-4bc0-8196-e785bc887ec9',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T05:19:02.647395Z',
        dueAt: '2026-11-22T05:19:02.647395Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-f4903cc1-71fa-4bc0-8196-e785bc887ec9',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T05:19:02.649259Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'd71ea081cb837bba2add9a5ec4cf31f5',
            saga: 'errand',
            key: 'only-ours-cancel-aab18388-973e-4773-9b37-709e48a0808d',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T05:19:02.063611Z',
            dueAt: '2026-11-22T05:19:02.063611Z',
          },
          {
            kind: 'effect',
            commandId: 'd2bb32d204b8fee84238c9fe694ad5bb',
            saga: 'errand',
            key: 'only-ours-redrive-704e039c-d998-4099-9ed9-4197889afa43',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T05:19:02.419231Z',
            dueAt: '2026-11-22T05:19:02.419231Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMjQ3NDI0MTkyMzEsNF0',
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
                  p50: 0.065,
                  p95: 0.25,
                  p99: 0.29000000000000004,
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
            at: '2026-11-22T05:19:06.861513Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '5f6791c2-c1ee-4098-b5b2-c0cff579fed2',
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
            at: '2026-11-22T05:19:05.342718Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: 'f29e5808-0c91-4b4a-a009-c750cc5c5359',
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
        at: '2026-11-22T05:19:06.861513Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '5f6791c2-c1ee-4098-b5b2-c0cff579fed2',
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
            dueAt: '2026-11-22T06:19:03.503281Z',
            saga: 'errand',
            key: 'only-ours-complete-8eda4ee2-81b7-43fb-9dd6-99b36ede2feb',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T06:19:04.020843Z',
            saga: 'errand',
            key: 'only-ours-fail-1c13a642-f97a-47d9-9a66-1704862c422c',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMjgzNDQwMjA4NDMsMiwiIl0',
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
            registeredAt: '2026-11-22T05:18:52.914552Z',
            registeredBy: 'b9bd9f979ea9',
            activatedAt: '2026-11-22T05:18:53.155402Z',
            activatedBy: 'b9bd9f979ea9',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T05:18:58.489458Z',
            registeredBy: 'b9bd9f979ea9',
            activatedAt: '2026-11-22T05:18:58.654680Z',
            activatedBy: 'b9bd9f979ea9',
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
        registeredAt: '2026-11-22T05:18:58.489458Z',
        registeredBy: 'b9bd9f979ea9',
        activatedAt: '2026-11-22T05:18:58.654680Z',
        activatedBy: 'b9bd9f979ea9',
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
            at: '2026-11-22T05:18:58.654680Z',
            by: 'b9bd9f979ea9',
            reason: null,
            previous: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
            rehearsal: {
              at: '2026-11-22T05:18:58.657386Z',
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
            id: 'w_3bd4759389389cc50351',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T05:19:07.718256Z',
            lastSeenAt: '2026-11-22T05:19:07.718394Z',
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
            at: '2026-11-22T05:19:07.718581Z',
            worker: 'w_3bd4759389389cc50351',
            name: 'only-ours-worker',
            kind: 'joined',
            by: '372f7ac4bc69',
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
            clientId: 'mqttjs_73214b52',
            key: {
              id: 'cedf4723bf46',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T05:19:07.916198Z',
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
            lastAt: '2026-11-22T05:19:07.982199Z',
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
        at: '2026-11-22T05:19:08.628085Z',
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
          freeBytes: 64227135488,
          dataBytes: 417792,
          walBytes: 1680992,
        },
      },
    },
  },
  getOverviewSeries: {
    answers: {
      '200': {
        stepSeconds: 15,
        from: '2026-11-22T05:18:15.000000Z',
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
            oldest: '2026-11-22T05:19:02.308473Z',
            newest: '2026-11-22T05:19:03.099484Z',
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
            oldest: '2026-11-22T05:19:05.342718Z',
            newest: '2026-11-22T05:19:06.861513Z',
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
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTgzNmNlZmRlLTkwNmYtNGNiMC04YjY1LTRmY2ZhYThiYTdkNSIsMV0',
            saga: 'errand',
            key: 'only-ours-group-836cefde-906f-4cb0-8b65-4fcfaa8ba7d5',
            run: 1,
            commandId: '41bb6a97fa40ecd10b03282fbb14fa6f',
            quarantineId: null,
            at: '2026-11-22T05:19:03.099484Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '41bb6a97fa40ecd10b03282fbb14fa6f',
                idempotencyKey: '41bb6a97fa40ecd10b03282fbb14fa6f',
              },
            ],
          },
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLXJlc29sdmUtZjQ5MDNjYzEtNzFmYS00YmMwLTgxOTYtZTc4NWJjODg3ZWM5IiwxXQ',
            saga: 'errand',
            key: 'only-ours-resolve-f4903cc1-71fa-4bc0-8196-e785bc887ec9',
            run: 1,
            commandId: '901591f02994f0f5530b0de1c7e1e1e3',
            quarantineId: null,
            at: '2026-11-22T05:19:02.859653Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '901591f02994f0f5530b0de1c7e1e1e3',
                idempotencyKey: '901591f02994f0f5530b0de1c7e1e1e3',
              },
            ],
          },
        ],
        next: 'WyJhdHRlbnRpb24iLDE3OTUzMjQ3NDI4NTk2NTMsNV0',
      },
    },
  },
  alerts: {
    answers: {
      '200': {
        open: [
          {
            id: 'e9ea9279-ef7c-4cf0-a816-bd4dd2d11c13',
            kind: 'doubtful',
            severity: 'critical',
            tenant: 'ours',
            title: '4 calls of errand.press are in doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'Find out at the other side whether each happened, then resolve them. On the command line: holdfast effects list --state held',
            count: 4,
            isCapped: false,
            since: '2026-11-22T05:19:02.308075Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiYWFlOTgyZTBkNDQ0YzRjMjliNzNkNmFhMDNlNTdkNzY2NDA0MjAzYjUyNWY0MTA0YzM2ZmIwY2JjYmE2YmZjOCJd',
            about: {
              code: 'effect.in_doubt',
              saga: 'errand',
              effect: 'errand.press',
              release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            },
            openedAt: '2026-11-22T05:19:08.757199Z',
            toldAt: null,
          },
          {
            id: '69854e02-c82e-4fbd-8ec2-c76819f66bbb',
            kind: 'quarantine',
            severity: 'warning',
            tenant: 'ours',
            title: '2 entries in quarantine: program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            next: 'Look at what came in; redrive them once the cause is mended, or discard. On the command line: holdfast quarantine list',
            count: 2,
            isCapped: false,
            since: '2026-11-22T05:19:05.342718Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            about: {
              code: 'program.failed',
              saga: 'errand',
              origin: 'runner',
            },
            openedAt: '2026-11-22T05:19:08.757199Z',
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
            at: '2026-11-22T05:19:07.587552Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: 'b9bd9f979ea9',
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
            hash: '56d7893d5012e899575a23867123e6d843bae72b58d62d1ba80e093fe69f6d2e',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T05:19:00.947801Z',
            act: 'key.created',
            target: 'key/407b010f2ea2',
            by: 'b9bd9f979ea9',
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
            hash: '0e1cf070346eb3e1ce93446421f8fbdbb0d87565cf6a46b4d44c5fbfa246a4f4',
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
        head: '56d7893d5012e899575a23867123e6d843bae72b58d62d1ba80e093fe69f6d2e',
        faults: [],
      },
    },
  },
  startJournalVerification: {
    answers: {
      '202': {
        state: 'running',
        startedAt: '2026-11-22T05:19:08.896Z',
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
        startedAt: '2026-11-22T05:19:08.896Z',
        endedAt: '2026-11-22T05:19:09.323Z',
        progress: null,
        report: {
          ok: true,
          commits: 57,
          events: 43,
          transitions: 20,
          attemptRecords: 24,
          head: {
            no: 57,
            digest: 'd740c038eb8b398ec71d3d0d929a86e2e52c69be10e375d1086475aba9c43456',
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
            id: 'b9bd9f979ea9',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T05:18:44.875666Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: 'f0146f81eab7',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T05:19:00.041057Z',
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
        key: 'only-ours-cancel-aab18388-973e-4773-9b37-709e48a0808d',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:19:02.063611Z',
        updatedAt: '2026-11-22T05:19:09.408354Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-aab18388-973e-4773-9b37-709e48a0808d',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-aab18388-973e-4773-9b37-709e48a0808d',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'f67fca66-7cd0-4386-9b6f-ea63a80d1e52',
            data: {
              id: 'only-ours-cancel-aab18388-973e-4773-9b37-709e48a0808d',
              how: 'silent',
            },
            t: 1795324742063611,
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
          id: 'f67fca66-7cd0-4386-9b6f-ea63a80d1e52',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:19:02.063611Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'd71ea081cb837bba2add9a5ec4cf31f5',
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
        key: 'only-ours-redrive-704e039c-d998-4099-9ed9-4197889afa43',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:19:02.419231Z',
        updatedAt: '2026-11-22T05:19:09.464749Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-704e039c-d998-4099-9ed9-4197889afa43',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-704e039c-d998-4099-9ed9-4197889afa43',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'e4a50b84-9f60-4e42-9057-1c38135f681e',
            data: {
              id: 'only-ours-redrive-704e039c-d998-4099-9ed9-4197889afa43',
              how: 'silent',
            },
            t: 1795324742419231,
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
          id: 'e4a50b84-9f60-4e42-9057-1c38135f681e',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:19:02.419231Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'd2bb32d204b8fee84238c9fe694ad5bb',
            happened: 'in_doubt',
            attempts: 1,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'whether errand.press took effect is unknown so far (one attempt); next attempt at 2026-11-22T05:19:09Z',
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
            commandId: '23d3a8d1c102380817051e28f46505bb',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-6f54525d-6c72-44b0-b940-0ce361673e01',
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
        commandId: '901591f02994f0f5530b0de1c7e1e1e3',
        saga: 'errand',
        key: 'only-ours-resolve-f4903cc1-71fa-4bc0-8196-e785bc887ec9',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T05:19:02.647395Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-f4903cc1-71fa-4bc0-8196-e785bc887ec9',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 57,
        firstAttemptAt: '2026-11-22T05:19:02.649259Z',
      },
    },
  },
  actOnAttention: {
    body: {
      reason: 'I asked the press',
      confirmCount: 1,
      items: ['41bb6a97fa40ecd10b03282fbb14fa6f'],
      resolve: {
        as: 'succeeded',
        output: {
          receipt: 'only-ours-told',
        },
      },
    },
    answers: {
      '200': {
        done: 0,
        refused: [
          {
            item: '41bb6a97fa40ecd10b03282fbb14fa6f',
            problem: {
              type: 'urn:holdfast:error:not_found',
              title: 'Not found',
              status: 404,
              detail: 'it is in this group no longer',
              code: 'not_found',
            },
          },
        ],
        left: 0,
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
        at: '2026-11-22T05:19:05.342718Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: 'f29e5808-0c91-4b4a-a009-c750cc5c5359',
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
          at: '2026-11-22T05:19:09.759298Z',
          by: 'cedf4723bf46',
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
        at: '2026-11-22T05:19:06.861513Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '5f6791c2-c1ee-4098-b5b2-c0cff579fed2',
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
          at: '2026-11-22T05:19:09.797832Z',
          by: 'cedf4723bf46',
          reason: 'mended',
          seq: 71,
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
            startedAt: '2026-11-22T05:19:07.587552Z',
            endedAt: '2026-11-22T05:19:07.645606Z',
            by: 'b9bd9f979ea9',
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
        startedAt: '2026-11-22T05:19:07.587552Z',
        endedAt: '2026-11-22T05:19:07.645606Z',
        by: 'b9bd9f979ea9',
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
        keyId: 'cedf4723bf46',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T05:19:09.887540Z',
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
        url: 'http://127.0.0.1:7420/login#hl_9KUyqZv3AJwLrFUQfgg0a9cmLHgnSfZzk3UA1tBMR6o',
        expiresAt: '2026-11-22T05:24:09.927624Z',
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
          startedAt: '2026-11-22T05:19:10.090851Z',
          endedAt: '2026-11-22T05:19:10.091474Z',
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
          startedAt: '2026-11-22T05:19:10.106371Z',
          endedAt: '2026-11-22T05:19:10.107053Z',
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
        startedAt: '2026-11-22T05:19:10.106371Z',
        endedAt: '2026-11-22T05:19:10.107053Z',
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
          startedAt: '2026-11-22T05:19:10.122583Z',
          endedAt: '2026-11-22T05:19:10.149026Z',
          inFlight: 3,
          examined: 3,
          moved: 3,
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
        id: 'w_8cfe2ada722c0a1d9559',
        ackWait: 30000,
        beatEvery: 10000,
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
        id: 'w_3bd4759389389cc50351',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T05:19:07.718256Z',
        lastSeenAt: '2026-11-22T05:19:10.224536Z',
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
          id: 'cbfd7fd929f1',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T05:19:10.371225Z',
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
        file: '/var/lib/holdfast/logs/20261122T051910568Z-reader.cpuprofile',
        bytes: 9961,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T051911886Z-reader.heapsnapshot',
        bytes: 12010149,
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
