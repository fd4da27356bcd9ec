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
        startedAt: '2026-11-22T03:08:04.938967Z',
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
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
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
            id: '8b4d98ebdf44ec82e9ea07109001bace:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            time: null,
            receivedAt: '2026-11-22T03:08:09.422225Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            causationId: '87176365dd881206c04d7ef13d21d8a9:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
              },
              error: null,
            },
          },
          {
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '87176365dd881206c04d7ef13d21d8a9:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            time: null,
            receivedAt: '2026-11-22T03:08:09.420964Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            causationId: '87176365dd881206c04d7ef13d21d8a9',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
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
        id: '795fa84f-0b25-4bcb-886a-286d55fe9a1f',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T03:08:09.243111Z',
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
            key: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            startedAt: '2026-11-22T03:08:09.409323Z',
            updatedAt: '2026-11-22T03:08:09.420964Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            startedAt: '2026-11-22T03:08:09.176646Z',
            updatedAt: '2026-11-22T03:08:09.180590Z',
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
        key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T03:08:09.176646Z',
        updatedAt: '2026-11-22T03:08:09.180590Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
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
            id: '54d0c3cf-4d08-4871-a65f-3c01970b16b5',
            data: {
              id: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
              how: 'ask',
            },
            t: 1795316889176646,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795316889180590,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T03:08:09.180590Z',
            expiresAt: '2026-11-22T04:08:09.180590Z',
          },
        ],
        search: [],
        cause: {
          seq: 36,
          id: '54d0c3cf-4d08-4871-a65f-3c01970b16b5',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T03:08:09.176646Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: '9541a87be07c98832301a29c18c3d4bd',
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
        key: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T03:08:09.414796Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 41,
            version: null,
            step: null,
            detail: {
              id: 'd3be1c42-66d4-4b81-8f3e-02a1878f55b3',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T03:08:09.409323Z',
              data: {
                id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T03:08:09.414796Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 41,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T03:08:09.409323Z',
              release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
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
                      id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
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
        recordedAt: '2026-11-22T03:08:09.409323Z',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'd3be1c42-66d4-4b81-8f3e-02a1878f55b3',
            data: {
              id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
              how: 'done',
            },
            t: 1795316889409323,
          },
          arrivals: [],
        },
        stateHash: '00f93d8f50f0e9b6795dc6bfe27239b3eb774958a32748e498d2265ff903b5ac',
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
                id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
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
                    id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: 'd3be1c42-66d4-4b81-8f3e-02a1878f55b3',
                data: {
                  id: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
                  how: 'done',
                },
                t: 1795316889409323,
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
        key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
        run: 1,
        cause: {
          seq: 36,
          id: '54d0c3cf-4d08-4871-a65f-3c01970b16b5',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T03:08:09.176646Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        decision: {
          version: 2,
          seq: 37,
          event: 'effect.succeeded',
          release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
          recordedAt: '2026-11-22T03:08:09.180590Z',
          check: {
            state: 'same',
            reason: null,
          },
        },
        version: 2,
        current: true,
        status: 'waiting',
        summary:
          'It waits for errand.answer until 2026-11-22T04:08:09Z, since 2026-11-22T03:08:09Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T03:08:09.180590Z',
            text: 'waits for errand.answer until 2026-11-22T04:08:09Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: '14572f3204a8',
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
            key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T03:08:09.180590Z',
            expiresAt: '2026-11-22T04:08:09.180590Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-25641c1b-6bc5-4951-a681-bad8899dc443',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T03:08:09.171077Z',
            expiresAt: '2026-11-22T04:08:09.171077Z',
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
        askedAt: '2026-11-22T03:08:09.180590Z',
        expiresAt: '2026-11-22T04:08:09.180590Z',
        schema: {
          properties: {
            shelf: {
              type: 'string',
            },
          },
          required: ['shelf'],
          type: 'object',
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
            commandId: '87176365dd881206c04d7ef13d21d8a9',
            saga: 'errand',
            key: 'only-ours-done-184152b7-6efd-488e-a69a-1481fc8053ea',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T03:08:09.409323Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: '9541a87be07c98832301a29c18c3d4bd',
            saga: 'errand',
            key: 'only-ours-shown-18f886a2-81a6-4c9d-9fb0-2603e5b8948f',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T03:08:09.176646Z',
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
        commandId: '829142ddad96c436ad52024d3a05f912',
        saga: 'errand',
        key: 'only-ours-resolve-a1d558c3-ef22-4f00-89d9-db3cfdf383ae',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T03:08:08.470299Z',
        dueAt: '2026-11-22T03:08:08.470299Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-a1d558c3-ef22-4f00-89d9-db3cfdf383ae',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T03:08:08.471977Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'bf6beec4bb60e245eb997f8fbe9becf1',
            saga: 'errand',
            key: 'only-ours-cancel-e105719c-1243-4f4e-b782-a866151e4e2a',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T03:08:07.996694Z',
            dueAt: '2026-11-22T03:08:07.996694Z',
          },
          {
            kind: 'effect',
            commandId: '61ed92cb9b48120bef062642e6416dbe',
            saga: 'errand',
            key: 'only-ours-redrive-5b756193-461c-41f9-9909-0fac86b48071',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T03:08:08.236011Z',
            dueAt: '2026-11-22T03:08:08.236011Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMTY4ODgyMzYwMTEsNF0',
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
                  p50: 0.006500000000000001,
                  p95: 0.027499999999999997,
                  p99: 0.0295,
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
            at: '2026-11-22T03:08:09.367915Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: 'b14da93c-c47d-4e84-89c2-64aa46b4afe0',
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
            at: '2026-11-22T03:08:09.256682Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '795fa84f-0b25-4bcb-886a-286d55fe9a1f',
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
        at: '2026-11-22T03:08:09.367915Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: 'b14da93c-c47d-4e84-89c2-64aa46b4afe0',
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
            dueAt: '2026-11-22T04:08:08.950521Z',
            saga: 'errand',
            key: 'only-ours-complete-016e13ba-06c3-4073-b5b2-8aea59f4a864',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T04:08:09.012179Z',
            saga: 'errand',
            key: 'only-ours-fail-d93d1b0a-6264-4d04-a8e1-d198848cd734',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMjA0ODkwMTIxNzksMiwiIl0',
      },
    },
  },
  listReleases: {
    answers: {
      '200': {
        items: [
          {
            digest: '8b8562e1d56cdf827aadf17e457614bdc5ddbb5ca742d079a921fa0b64d58c13',
            app: 'errands',
            active: false,
            registeredAt: '2026-11-22T03:08:06.428898Z',
            registeredBy: '0b1a862ac880',
            activatedAt: '2026-11-22T03:08:06.444698Z',
            activatedBy: '0b1a862ac880',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T03:08:07.680473Z',
            registeredBy: '0b1a862ac880',
            activatedAt: '2026-11-22T03:08:07.695194Z',
            activatedBy: '0b1a862ac880',
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
        digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        app: 'errands',
        active: true,
        registeredAt: '2026-11-22T03:08:07.680473Z',
        registeredBy: '0b1a862ac880',
        activatedAt: '2026-11-22T03:08:07.695194Z',
        activatedBy: '0b1a862ac880',
        sagas: ['errand'],
        effects: ['errand.press', 'errand.tell'],
        inFlight: 9,
        manifest: {
          app: 'errands',
          config: {
            TARGET: 'http://127.0.0.1:7420',
          },
          effects: [
            {
              concurrency: 128,
              concurrencyPerTenant: 128,
              hasCheck: false,
              inDoubt: 'hold',
              input: {
                properties: {
                  how: {
                    type: 'string',
                  },
                  id: {
                    type: 'string',
                  },
                },
                required: ['id', 'how'],
                type: 'object',
              },
              name: 'errand.press',
              onUnknown: 'hold',
              output: {
                properties: {
                  receipt: {
                    type: 'string',
                  },
                },
                required: ['receipt'],
                type: 'object',
              },
              provider: {
                kind: 'function',
              },
              retry: {
                attempts: 8,
                backoff: 1000,
                factor: 2,
                max: 60000,
              },
              timeout: 200,
              upstream: {
                breaker: {
                  cooldown: 5000,
                  failureRate: 0.5,
                  maxCooldown: 60000,
                  window: 20,
                },
                name: 'errand.press',
              },
            },
            {
              concurrency: 128,
              concurrencyPerTenant: 128,
              hasCheck: false,
              idempotencyWindow: 3600000,
              inDoubt: 'retry',
              input: {
                properties: {
                  id: {
                    type: 'string',
                  },
                  token: {
                    type: 'string',
                  },
                },
                required: ['id', 'token'],
                type: 'object',
              },
              name: 'errand.tell',
              onUnknown: 'hold',
              output: {},
              provider: {
                doubtStatuses: [408, 500],
                headers: {},
                kind: 'http',
                method: 'POST',
                retryStatuses: [425, 429],
                url: 'config://TARGET/tell',
              },
              retry: {
                attempts: 3,
                backoff: 10,
                factor: 2,
                max: 20,
              },
              timeout: 30000,
              upstream: {
                breaker: {
                  cooldown: 5000,
                  failureRate: 0.5,
                  maxCooldown: 60000,
                  window: 20,
                },
                name: 'outside',
              },
            },
          ],
          events: [
            {
              schema: {
                properties: {
                  how: {
                    enum: ['done', 'ask'],
                    type: 'string',
                  },
                  id: {
                    type: 'string',
                  },
                },
                required: ['id', 'how'],
                type: 'object',
              },
              type: 'errand.asked',
            },
          ],
          format: 1,
          sagas: [
            {
              gas: 500,
              name: 'errand',
              on: ['errand.asked'],
              pin: 'compatible',
              restart: 'refuse',
              script: 'sagas/errand.js',
              starts: ['errand.asked'],
              style: 'generator',
              tries: 1,
            },
          ],
          schedules: [
            {
              cron: '0 4 * * *',
              data: {
                how: 'done',
                id: 'nightly',
              },
              missed: 'once',
              name: 'nightly',
              tenant: '',
              type: 'errand.asked',
              zone: 'Europe/Berlin',
            },
          ],
          sdk: '0.1.0',
          secrets: [],
          sources: [],
          waits: [
            {
              name: 'errand.answer',
              schema: {
                properties: {
                  shelf: {
                    type: 'string',
                  },
                },
                required: ['shelf'],
                type: 'object',
              },
            },
          ],
        },
        activations: [
          {
            act: 'activated',
            at: '2026-11-22T03:08:07.695194Z',
            by: '0b1a862ac880',
            reason: null,
            previous: '8b8562e1d56cdf827aadf17e457614bdc5ddbb5ca742d079a921fa0b64d58c13',
            rehearsal: {
              at: '2026-11-22T03:08:07.697951Z',
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
            '{"app":"errands","config":{"TARGET":"http://127.0.0.1:7420"},"effects":[{"concurrency":128,"concurrencyPerTenant":128,"hasCheck":false,"inDoubt":"hold","input":{"properties":{"how":{"type":"string"},"id"…',
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
              properties: {
                how: {
                  enum: ['done', 'ask'],
                  type: 'string',
                },
                id: {
                  type: 'string',
                },
              },
              required: ['id', 'how'],
              type: 'object',
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
            id: 'w_78431b18e8ce17d7381c',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T03:08:09.430465Z',
            lastSeenAt: '2026-11-22T03:08:09.430566Z',
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
            at: '2026-11-22T03:08:09.430773Z',
            worker: 'w_78431b18e8ce17d7381c',
            name: 'only-ours-worker',
            kind: 'joined',
            by: '3afd01e5a8bd',
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
            clientId: 'mqttjs_fb569b52',
            key: {
              id: '14572f3204a8',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T03:08:09.448783Z',
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
            lastAt: '2026-11-22T03:08:09.457385Z',
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
        at: '2026-11-22T03:08:09.568827Z',
        healthy: false,
        problems: [
          {
            code: 'runs.blocked',
            message: '4 runs need a person',
            path: '/attention',
          },
          {
            code: 'quarantine.open',
            message: '2 entries in quarantine',
            path: '/attention',
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
          freeBytes: 72781148160,
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
        from: '2026-11-22T03:07:15.000000Z',
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
            id: 'WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiMDc3YWU3ODEwMzE3NDA3OWYzNmFlYmE4YmI4NGRmMzBiYjczNWI1MTdkYTM0ODY1NzllN2M3NzFjOTVjZjZhYyJd',
            kind: 'doubtful',
            reason: 'effect.in_doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            saga: 'errand',
            effect: 'errand.press',
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            count: 4,
            oldest: '2026-11-22T03:08:08.201784Z',
            newest: '2026-11-22T03:08:08.905971Z',
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
            oldest: '2026-11-22T03:08:09.256682Z',
            newest: '2026-11-22T03:08:09.367915Z',
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
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTg0OGY5OGNlLTM3NGMtNDAyZC1hMjNmLWJjOTA4ZjM3M2FhMSIsMV0',
            saga: 'errand',
            key: 'only-ours-group-848f98ce-374c-402d-a23f-bc908f373aa1',
            run: 1,
            commandId: '885af79542f52c1b4a65f313c179cbde',
            quarantineId: null,
            at: '2026-11-22T03:08:08.905971Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '885af79542f52c1b4a65f313c179cbde',
                idempotencyKey: '885af79542f52c1b4a65f313c179cbde',
              },
            ],
            decides: null,
          },
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLXJlc29sdmUtYTFkNTU4YzMtZWYyMi00ZjAwLTg5ZDktZGIzY2ZkZjM4M2FlIiwxXQ',
            saga: 'errand',
            key: 'only-ours-resolve-a1d558c3-ef22-4f00-89d9-db3cfdf383ae',
            run: 1,
            commandId: '829142ddad96c436ad52024d3a05f912',
            quarantineId: null,
            at: '2026-11-22T03:08:08.675613Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '829142ddad96c436ad52024d3a05f912',
                idempotencyKey: '829142ddad96c436ad52024d3a05f912',
              },
            ],
            decides: null,
          },
        ],
        next: 'WyJhdHRlbnRpb24iLDE3OTUzMTY4ODg2NzU2MTMsNV0',
      },
    },
  },
  alerts: {
    answers: {
      '200': {
        open: [
          {
            id: '8b6a8970-6dad-4ade-8dd2-c3a74590908f',
            kind: 'doubtful',
            severity: 'critical',
            tenant: 'ours',
            title: '4 calls of errand.press are in doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'Find out at the other side whether each happened, then resolve them. On the command line: holdfast effects list --state held',
            count: 4,
            since: '2026-11-22T03:08:08.201320Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiMDc3YWU3ODEwMzE3NDA3OWYzNmFlYmE4YmI4NGRmMzBiYjczNWI1MTdkYTM0ODY1NzllN2M3NzFjOTVjZjZhYyJd',
            about: {
              code: 'effect.in_doubt',
              saga: 'errand',
              effect: 'errand.press',
              release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            },
            openedAt: '2026-11-22T03:08:09.577780Z',
            toldAt: null,
          },
          {
            id: '9a3f2da4-7b56-41c6-acac-be015395ab35',
            kind: 'quarantine',
            severity: 'warning',
            tenant: 'ours',
            title: '2 entries in quarantine: program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            next: 'Look at what came in; redrive them once the cause is mended, or discard. On the command line: holdfast quarantine list',
            count: 2,
            since: '2026-11-22T03:08:09.256682Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            about: {
              code: 'program.failed',
              saga: 'errand',
              origin: 'runner',
            },
            openedAt: '2026-11-22T03:08:09.577780Z',
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
            at: '2026-11-22T03:08:09.407431Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: '0b1a862ac880',
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
            hash: 'dc290e4887abee5f4774afbf0ae3d535604bc9c5c008c3a993dbf5d25ed1d8f3',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T03:08:07.884433Z',
            act: 'key.created',
            target: 'key/cafb36260b32',
            by: '0b1a862ac880',
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
            hash: '5c7acf3a15e4525fb3e5e4d526a07b7a143029ae697f89cfe5b25352c691ba0b',
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
        head: 'dc290e4887abee5f4774afbf0ae3d535604bc9c5c008c3a993dbf5d25ed1d8f3',
        faults: [],
      },
    },
  },
  listKeys: {
    answers: {
      '200': {
        items: [
          {
            id: '0b1a862ac880',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T03:08:05.163645Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: 'f51bda63e79c',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T03:08:07.810182Z',
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
        key: 'only-ours-cancel-e105719c-1243-4f4e-b782-a866151e4e2a',
        run: 1,
        status: 'compensating',
        version: 2,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T03:08:07.996694Z',
        updatedAt: '2026-11-22T03:08:09.600857Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-e105719c-1243-4f4e-b782-a866151e4e2a',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-e105719c-1243-4f4e-b782-a866151e4e2a',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '904064fc-e3c7-4fa7-802d-76d1c368eba2',
            data: {
              id: 'only-ours-cancel-e105719c-1243-4f4e-b782-a866151e4e2a',
              how: 'silent',
            },
            t: 1795316887996694,
          },
          arrivals: [
            {
              type: 'cancel',
              step: null,
              data: {
                reason: 'the customer called',
                by: '14572f3204a8',
              },
              t: 1795316889600857,
            },
          ],
        },
        result: null,
        failure: {
          code: 'cancel',
          message: 'the customer called',
        },
        undo: [],
        waits: [],
        search: [],
        cause: {
          seq: 24,
          id: '904064fc-e3c7-4fa7-802d-76d1c368eba2',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T03:08:07.996694Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'bf6beec4bb60e245eb997f8fbe9becf1',
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
        key: 'only-ours-redrive-5b756193-461c-41f9-9909-0fac86b48071',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T03:08:08.236011Z',
        updatedAt: '2026-11-22T03:08:09.608468Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-5b756193-461c-41f9-9909-0fac86b48071',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-5b756193-461c-41f9-9909-0fac86b48071',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '9ee9bb21-3e21-4e54-9839-447fc7a5f857',
            data: {
              id: 'only-ours-redrive-5b756193-461c-41f9-9909-0fac86b48071',
              how: 'silent',
            },
            t: 1795316888236011,
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
          id: '9ee9bb21-3e21-4e54-9839-447fc7a5f857',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T03:08:08.236011Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '61ed92cb9b48120bef062642e6416dbe',
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
            commandId: '689fa52552076501650009b5c76f6c44',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-b1765cbc-d1cc-4751-bf65-6b0663a27457',
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
        commandId: '829142ddad96c436ad52024d3a05f912',
        saga: 'errand',
        key: 'only-ours-resolve-a1d558c3-ef22-4f00-89d9-db3cfdf383ae',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T03:08:08.470299Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-a1d558c3-ef22-4f00-89d9-db3cfdf383ae',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 57,
        firstAttemptAt: '2026-11-22T03:08:08.471977Z',
      },
    },
  },
  actOnAttention: {
    body: {
      reason: 'I asked the press',
      confirmCount: 1,
      items: [
        'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTg0OGY5OGNlLTM3NGMtNDAyZC1hMjNmLWJjOTA4ZjM3M2FhMSIsMV0',
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
        at: '2026-11-22T03:08:09.256682Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '795fa84f-0b25-4bcb-886a-286d55fe9a1f',
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
          at: '2026-11-22T03:08:09.650120Z',
          by: '14572f3204a8',
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
        at: '2026-11-22T03:08:09.367915Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: 'b14da93c-c47d-4e84-89c2-64aa46b4afe0',
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
          at: '2026-11-22T03:08:09.656481Z',
          by: '14572f3204a8',
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
            startedAt: '2026-11-22T03:08:09.407431Z',
            endedAt: '2026-11-22T03:08:09.417600Z',
            by: '0b1a862ac880',
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
        startedAt: '2026-11-22T03:08:09.407431Z',
        endedAt: '2026-11-22T03:08:09.417600Z',
        by: '0b1a862ac880',
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
        keyId: '14572f3204a8',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T03:08:09.668431Z',
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
        url: 'http://127.0.0.1:7420/login#hl_wNaRHwIQSkfyOtwHTDVD9pJ79SLWDnQ-GcBWScWAdiE',
        expiresAt: '2026-11-22T03:13:09.672533Z',
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
          '{"app":"errands","config":{"TARGET":"http://127.0.0.1:7420"},"effects":[{"concurrency":128,"concurrencyPerTenant":128,"hasCheck":false,"inDoubt":"hold","input":{"properties":{"how":{"type":"string"},"id"…',
        'sagas/errand.js':
          'globalThis.__holdfast = function () {\n\'use strict\';\nlet table;\n(()=>{var WORKFLOW_TYPES={effectSucceeded:"effect.succeeded",effectFailed:"effect.failed",effectUnknown:"effect.unknown",timerFired:"time…',
        'sagas/errand.js.map':
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/search-fields.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
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
          '{"app":"errands","config":{"TARGET":"http://127.0.0.1:7420"},"effects":[{"concurrency":128,"concurrencyPerTenant":128,"hasCheck":false,"inDoubt":"hold","input":{"properties":{"how":{"type":"string"},"id"…',
        'sagas/errand.js':
          'globalThis.__holdfast = function () {\n\'use strict\';\nlet table;\n(()=>{var WORKFLOW_TYPES={effectSucceeded:"effect.succeeded",effectFailed:"effect.failed",effectUnknown:"effect.unknown",timerFired:"time…',
        'sagas/errand.js.map':
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/search-fields.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        app: 'errands',
        digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        previous: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T03:08:09.696781Z',
          endedAt: '2026-11-22T03:08:09.697423Z',
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
        digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        previous: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T03:08:09.699452Z',
          endedAt: '2026-11-22T03:08:09.699723Z',
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
        digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        dryRun: true,
        state: 'finished',
        startedAt: '2026-11-22T03:08:09.699452Z',
        endedAt: '2026-11-22T03:08:09.699723Z',
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
        digest: '8b8562e1d56cdf827aadf17e457614bdc5ddbb5ca742d079a921fa0b64d58c13',
        previous: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        dryRun: false,
        rehearsal: {
          app: 'errands',
          digest: '8b8562e1d56cdf827aadf17e457614bdc5ddbb5ca742d079a921fa0b64d58c13',
          dryRun: false,
          state: 'finished',
          startedAt: '2026-11-22T03:08:09.705319Z',
          endedAt: '2026-11-22T03:08:09.717803Z',
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
        id: 'w_11cb82a05a138d69a123',
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
        id: 'w_78431b18e8ce17d7381c',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T03:08:09.430465Z',
        lastSeenAt: '2026-11-22T03:08:09.728197Z',
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
          id: '6c7a44006cbf',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T03:08:09.741215Z',
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
        file: '/var/lib/holdfast/logs/20261122T030809759Z-reader.cpuprofile',
        bytes: 8838,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T030810819Z-reader.heapsnapshot',
        bytes: 11973703,
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
