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
        startedAt: '2026-11-22T02:36:16.934840Z',
        writable: true,
        noRoom: false,
        draining: false,
        lastSeq: 42,
        epoch: 1,
        timeline: 1,
        liveInstances: 8,
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
            checkpoint: 41,
            pending: 0,
            redeliveries: 0,
          },
        ],
        counts: {
          instances: {
            blocked: 3,
            waiting: 5,
            completed: 3,
          },
          outbox: {
            held: 3,
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
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '1b0e0440840c7e8f3267e19379abc40d:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            time: null,
            receivedAt: '2026-11-22T02:36:28.484163Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            causationId: 'c55a69efe438aa13ba37b7f505afa654:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
              },
              error: null,
            },
          },
          {
            seq: 41,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: 'c55a69efe438aa13ba37b7f505afa654:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            time: null,
            receivedAt: '2026-11-22T02:36:28.482939Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            causationId: 'c55a69efe438aa13ba37b7f505afa654',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            },
          },
        ],
        next: 'WyJldmVudHMiLDQxLCJkZXNjIl0',
      },
    },
  },
  getEvent: {
    answers: {
      '200': {
        seq: 37,
        stream: 'AGGREGATE_EVENTS',
        specversion: '1.0',
        id: '40121f65-2f30-4534-ba2e-01eb4531b792',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T02:36:27.786976Z',
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
      },
    },
  },
  listSagas: {
    answers: {
      '200': {
        items: [
          {
            saga: 'errand',
            key: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            startedAt: '2026-11-22T02:36:28.457704Z',
            updatedAt: '2026-11-22T02:36:28.482939Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            startedAt: '2026-11-22T02:36:27.714909Z',
            updatedAt: '2026-11-22T02:36:27.721511Z',
            blockedBy: null,
          },
        ],
        next: 'WyJzYWdhcyIsMTBd',
      },
    },
  },
  getSaga: {
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T02:36:27.714909Z',
        updatedAt: '2026-11-22T02:36:27.721511Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
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
            id: '6195d165-d472-4781-a9b7-bf7bd8a238b2',
            data: {
              id: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
              how: 'ask',
            },
            t: 1795314987714909,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795314987721511,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:36:27.721511Z',
            expiresAt: '2026-11-22T03:36:27.721511Z',
          },
        ],
        search: [],
        cause: {
          seq: 35,
          id: '6195d165-d472-4781-a9b7-bf7bd8a238b2',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T02:36:27.714909Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: '8dfa49274cdfc8bfffa525f2bc844715',
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
        key: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T02:36:28.472534Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 40,
            version: null,
            step: null,
            detail: {
              id: 'd36eef49-24bc-4507-83c5-23c49719d0e8',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T02:36:28.457704Z',
              data: {
                id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T02:36:28.472534Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 40,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T02:36:28.457704Z',
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
                      id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
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
        seq: 40,
        recordedAt: '2026-11-22T02:36:28.457704Z',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'd36eef49-24bc-4507-83c5-23c49719d0e8',
            data: {
              id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
              how: 'done',
            },
            t: 1795314988457704,
          },
          arrivals: [],
        },
        stateHash: '04dde2cf3c164e178bb1d963ccf4d6e0f75d2ae4ffc01022ba7d6b635382da57',
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
                id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
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
                    id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: 'd36eef49-24bc-4507-83c5-23c49719d0e8',
                data: {
                  id: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
                  how: 'done',
                },
                t: 1795314988457704,
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
        key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
        run: 1,
        cause: {
          seq: 35,
          id: '6195d165-d472-4781-a9b7-bf7bd8a238b2',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T02:36:27.714909Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        decision: {
          version: 2,
          seq: 36,
          event: 'effect.succeeded',
          release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
          recordedAt: '2026-11-22T02:36:27.721511Z',
          check: {
            state: 'same',
            reason: null,
          },
        },
        version: 2,
        current: true,
        status: 'waiting',
        summary:
          'It waits for errand.answer until 2026-11-22T03:36:27Z, since 2026-11-22T02:36:27Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T02:36:27.721511Z',
            text: 'waits for errand.answer until 2026-11-22T03:36:27Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: '37404fbd11fc',
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
            key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:36:27.721511Z',
            expiresAt: '2026-11-22T03:36:27.721511Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-a9feddc4-4a35-4542-803a-1ac5efb40e0e',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:36:27.698017Z',
            expiresAt: '2026-11-22T03:36:27.698017Z',
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
        askedAt: '2026-11-22T02:36:27.721511Z',
        expiresAt: '2026-11-22T03:36:27.721511Z',
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
            commandId: 'c55a69efe438aa13ba37b7f505afa654',
            saga: 'errand',
            key: 'only-ours-done-1467f709-5214-4e3a-9ba7-5ebacf57aeef',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T02:36:28.457704Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: '8dfa49274cdfc8bfffa525f2bc844715',
            saga: 'errand',
            key: 'only-ours-shown-da6e4596-385c-455e-8d44-b67509f45c1d',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T02:36:27.714909Z',
            dueAt: null,
          },
        ],
        next: 'WyJlZmZlY3RzIiwxMF0',
      },
    },
  },
  getEffect: {
    answers: {
      '200': {
        kind: 'effect',
        commandId: 'bc43fbbb4c2dfe1ab30e2c502120c542',
        saga: 'errand',
        key: 'only-ours-resolve-f4ef4284-8f6b-4f07-9fe4-079b8de0e9f8',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T02:36:27.183509Z',
        dueAt: '2026-11-22T02:36:27.183509Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-f4ef4284-8f6b-4f07-9fe4-079b8de0e9f8',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T02:36:27.185093Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'a818fc6d86ca84299017381099aca319',
            saga: 'errand',
            key: 'only-ours-cancel-4c74882f-af22-465a-8600-0029c87fb9ef',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T02:36:26.670818Z',
            dueAt: '2026-11-22T02:36:26.670818Z',
          },
          {
            kind: 'effect',
            commandId: '0e2b1dc9bae6df7bafeef75e2293174e',
            saga: 'errand',
            key: 'only-ours-redrive-712e014c-af56-4500-bddf-24a4f4c19ac2',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T02:36:26.917360Z',
            dueAt: '2026-11-22T02:36:26.917360Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMTQ5ODY5MTczNjAsNF0',
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
                held: 3,
                attempts: {
                  succeeded: 3,
                  failed: 0,
                  not_done: 0,
                  in_doubt: 3,
                  lost: 0,
                },
                outcomes: {
                  succeeded: 3,
                  failed: 0,
                  unknown: 0,
                },
                failureRate: 0.5,
                seconds: {
                  p50: 0.01,
                  p95: 0.2799999999999999,
                  p99: 0.29599999999999993,
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
                  p50: 0.00825,
                  p95: 0.0825,
                  p99: 0.09650000000000002,
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
            at: '2026-11-22T02:36:28.328777Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '4fcfc400-2e27-48bf-a1f8-4b3809d5bcc8',
              at: 'src/index.ts:32:43',
              attempts: 1,
            },
            head: '{"id":"only-ours-2-nameless","how":"done"}',
            encoding: 'utf8',
            seq: 38,
            commandId: null,
            state: 'open',
            attempts: 1,
            next: 'the event at seq 38 is given to saga errand, from the journal',
            resolution: null,
          },
          {
            id: 1,
            at: '2026-11-22T02:36:27.798586Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '40121f65-2f30-4534-ba2e-01eb4531b792',
              at: 'src/index.ts:32:43',
              attempts: 1,
            },
            head: '{"id":"only-ours-1-nameless","how":"done"}',
            encoding: 'utf8',
            seq: 37,
            commandId: null,
            state: 'open',
            attempts: 1,
            next: 'the event at seq 37 is given to saga errand, from the journal',
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
        at: '2026-11-22T02:36:28.328777Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '4fcfc400-2e27-48bf-a1f8-4b3809d5bcc8',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-2-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 38,
        commandId: null,
        state: 'open',
        attempts: 1,
        next: 'the event at seq 38 is given to saga errand, from the journal',
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
            dueAt: '2026-11-22T03:36:27.470726Z',
            saga: 'errand',
            key: 'only-ours-complete-5d9a36d5-9d83-47f3-944e-75643571c049',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T03:36:27.556058Z',
            saga: 'errand',
            key: 'only-ours-fail-0b5e6c3f-fca7-44ae-b6cb-501e69636f88',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMTg1ODc1NTYwNTgsMiwiIl0',
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
            registeredAt: '2026-11-22T02:36:22.913359Z',
            registeredBy: 'b10da26d23e1',
            activatedAt: '2026-11-22T02:36:22.958047Z',
            activatedBy: 'b10da26d23e1',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T02:36:25.675925Z',
            registeredBy: 'b10da26d23e1',
            activatedAt: '2026-11-22T02:36:25.693705Z',
            activatedBy: 'b10da26d23e1',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 8,
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
        registeredAt: '2026-11-22T02:36:25.675925Z',
        registeredBy: 'b10da26d23e1',
        activatedAt: '2026-11-22T02:36:25.693705Z',
        activatedBy: 'b10da26d23e1',
        sagas: ['errand'],
        effects: ['errand.press', 'errand.tell'],
        inFlight: 8,
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
            at: '2026-11-22T02:36:25.693705Z',
            by: 'b10da26d23e1',
            reason: null,
            previous: '8b8562e1d56cdf827aadf17e457614bdc5ddbb5ca742d079a921fa0b64d58c13',
            rehearsal: {
              at: '2026-11-22T02:36:25.717778Z',
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
            id: 'w_8ed18970fd3d8145af05',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T02:36:28.478821Z',
            lastSeenAt: '2026-11-22T02:36:28.478964Z',
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
            at: '2026-11-22T02:36:28.479193Z',
            worker: 'w_8ed18970fd3d8145af05',
            name: 'only-ours-worker',
            kind: 'joined',
            by: 'ff430f17523c',
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
            clientId: 'mqttjs_44ce7970',
            key: {
              id: '37404fbd11fc',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T02:36:28.513345Z',
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
            lastAt: '2026-11-22T02:36:28.524461Z',
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
  listAudit: {
    answers: {
      '200': {
        items: [
          {
            no: 18,
            seq: 39,
            at: '2026-11-22T02:36:28.451353Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: 'b10da26d23e1',
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
                toSeq: 38,
                toTime: null,
                types: ['errand.asked'],
              },
            },
            hash: 'dd500422dfe0611e66e41fe7f6d84111fad1785b39b57acef93adc70105d1271',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T02:36:26.322281Z',
            act: 'key.created',
            target: 'key/73c4f9b38cf5',
            by: 'b10da26d23e1',
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
            hash: '8a97d5d5cf2b8e35dbe3cb675ebfea6de3cd0ed7e1db788cab4b4805558b97a7',
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
        head: 'dd500422dfe0611e66e41fe7f6d84111fad1785b39b57acef93adc70105d1271',
        faults: [],
      },
    },
  },
  listKeys: {
    answers: {
      '200': {
        items: [
          {
            id: 'b10da26d23e1',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T02:36:18.455517Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: '6b8444e6ae14',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T02:36:25.959398Z',
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
        seq: 43,
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
        key: 'only-ours-cancel-4c74882f-af22-465a-8600-0029c87fb9ef',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T02:36:26.670818Z',
        updatedAt: '2026-11-22T02:36:28.672225Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-4c74882f-af22-465a-8600-0029c87fb9ef',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-4c74882f-af22-465a-8600-0029c87fb9ef',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '0ef54caa-0a06-438d-983f-f3ecb71d5985',
            data: {
              id: 'only-ours-cancel-4c74882f-af22-465a-8600-0029c87fb9ef',
              how: 'silent',
            },
            t: 1795314986670818,
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
          id: '0ef54caa-0a06-438d-983f-f3ecb71d5985',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T02:36:26.670818Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'a818fc6d86ca84299017381099aca319',
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
        key: 'only-ours-redrive-712e014c-af56-4500-bddf-24a4f4c19ac2',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: '077ae78103174079f36aeba8bb84df30bb735b517da3486579e7c771c95cf6ac',
        startedAt: '2026-11-22T02:36:26.917360Z',
        updatedAt: '2026-11-22T02:36:28.689860Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-712e014c-af56-4500-bddf-24a4f4c19ac2',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-712e014c-af56-4500-bddf-24a4f4c19ac2',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '97e9380c-bd04-4b17-8ae4-438ce8e878cc',
            data: {
              id: 'only-ours-redrive-712e014c-af56-4500-bddf-24a4f4c19ac2',
              how: 'silent',
            },
            t: 1795314986917360,
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
          id: '97e9380c-bd04-4b17-8ae4-438ce8e878cc',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T02:36:26.917360Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '0e2b1dc9bae6df7bafeef75e2293174e',
            happened: 'in_doubt',
            attempts: 1,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'whether errand.press took effect is unknown so far (one attempt); next attempt at 2026-11-22T02:36:28Z',
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
            commandId: 'bf356e2b3a14f2947401dfd398d94b85',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-b0e21e40-79af-4305-888b-d47562b7340c',
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
        commandId: 'bc43fbbb4c2dfe1ab30e2c502120c542',
        saga: 'errand',
        key: 'only-ours-resolve-f4ef4284-8f6b-4f07-9fe4-079b8de0e9f8',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T02:36:27.183509Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-f4ef4284-8f6b-4f07-9fe4-079b8de0e9f8',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 56,
        firstAttemptAt: '2026-11-22T02:36:27.185093Z',
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
        at: '2026-11-22T02:36:27.798586Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '40121f65-2f30-4534-ba2e-01eb4531b792',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-1-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 37,
        commandId: null,
        state: 'discarded',
        attempts: 1,
        next: null,
        resolution: {
          at: '2026-11-22T02:36:28.782501Z',
          by: '37404fbd11fc',
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
        at: '2026-11-22T02:36:28.328777Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '4fcfc400-2e27-48bf-a1f8-4b3809d5bcc8',
          at: 'src/index.ts:32:43',
          attempts: 1,
        },
        head: '{"id":"only-ours-2-nameless","how":"done"}',
        encoding: 'utf8',
        seq: 38,
        commandId: null,
        state: 'redriven',
        attempts: 1,
        next: null,
        resolution: {
          at: '2026-11-22T02:36:28.829847Z',
          by: '37404fbd11fc',
          reason: 'mended',
          seq: 70,
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
        count: 13,
        effects: [
          {
            effect: 'errand.press',
            count: 6,
          },
          {
            effect: 'errand.tell',
            count: 5,
          },
        ],
        looked: 13,
        saga: 'errand',
      },
    },
  },
  listReprocesses: {
    answers: {
      '200': {
        items: [
          {
            id: 39,
            saga: 'errand',
            state: 'done',
            total: 1,
            done: 1,
            startedAt: '2026-11-22T02:36:28.451353Z',
            endedAt: '2026-11-22T02:36:28.472695Z',
            by: 'b10da26d23e1',
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
        id: 39,
        saga: 'errand',
        state: 'done',
        total: 1,
        done: 1,
        startedAt: '2026-11-22T02:36:28.451353Z',
        endedAt: '2026-11-22T02:36:28.472695Z',
        by: 'b10da26d23e1',
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
        keyId: '37404fbd11fc',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T02:36:28.993708Z',
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
        url: 'http://127.0.0.1:7420/login#hl_rwx8gnF4-jutDQlEmK28f2PAlYHlhnHXD1cwZFbxQig',
        expiresAt: '2026-11-22T02:41:29.008657Z',
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
          startedAt: '2026-11-22T02:36:29.082817Z',
          endedAt: '2026-11-22T02:36:29.083496Z',
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
          startedAt: '2026-11-22T02:36:29.152915Z',
          endedAt: '2026-11-22T02:36:29.153375Z',
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
        startedAt: '2026-11-22T02:36:29.152915Z',
        endedAt: '2026-11-22T02:36:29.153375Z',
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
          startedAt: '2026-11-22T02:36:29.177742Z',
          endedAt: '2026-11-22T02:36:29.286048Z',
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
        id: 'w_3b11b4fbd87c9f6336d5',
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
        id: 'w_8ed18970fd3d8145af05',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T02:36:28.478821Z',
        lastSeenAt: '2026-11-22T02:36:29.333169Z',
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
  createKey: {
    body: {
      name: 'till',
      scopes: ['publish'],
      types: ['errand.*'],
    },
    answers: {
      '201': {
        key: {
          id: 'bad2b2844b4b',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T02:36:29.354664Z',
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
        file: '/var/lib/holdfast/logs/20261122T023629499Z-reader.cpuprofile',
        bytes: 9313,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T023630849Z-reader.heapsnapshot',
        bytes: 11719919,
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
