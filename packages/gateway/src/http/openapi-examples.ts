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
        startedAt: '2026-11-22T02:17:52.263572Z',
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
        clockHeld: null,
        streams: ['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS'],
        sagas: [
          {
            saga: 'errand',
            app: 'errands',
            release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
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
            id: '72c7c4b3fca55185c300798cce0d39b6:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            time: null,
            receivedAt: '2026-11-22T02:18:09.218833Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            causationId: '9e9b15e935364c9d73442703ebe81fdf:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
              },
              error: null,
            },
          },
          {
            seq: 41,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '9e9b15e935364c9d73442703ebe81fdf:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            time: null,
            receivedAt: '2026-11-22T02:18:09.216582Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            causationId: '9e9b15e935364c9d73442703ebe81fdf',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
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
        id: '9ed790d4-585b-4155-b643-59f370948980',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T02:18:08.795325Z',
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
            key: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
            startedAt: '2026-11-22T02:18:09.144954Z',
            updatedAt: '2026-11-22T02:18:09.216582Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
            startedAt: '2026-11-22T02:18:08.714770Z',
            updatedAt: '2026-11-22T02:18:08.727367Z',
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
        key: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        startedAt: '2026-11-22T02:18:08.714770Z',
        updatedAt: '2026-11-22T02:18:08.727367Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
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
            id: '44056cd0-76ab-409c-a47c-d423759ce19d',
            data: {
              id: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
              how: 'ask',
            },
            t: 1795313888714770,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795313888727367,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:18:08.727367Z',
            expiresAt: '2026-11-22T03:18:08.727367Z',
          },
        ],
      },
    },
  },
  getTimeline: {
    answers: {
      '200': {
        saga: 'errand',
        key: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T02:18:09.204392Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 40,
            version: null,
            step: null,
            detail: {
              id: '801095a7-b8d5-4a8f-96a0-e2f92b76c7e6',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T02:18:09.144954Z',
              data: {
                id: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T02:18:09.204392Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 40,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T02:18:09.144954Z',
              release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
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
                      id: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
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
        recordedAt: '2026-11-22T02:18:09.144954Z',
        release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '801095a7-b8d5-4a8f-96a0-e2f92b76c7e6',
            data: {
              id: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
              how: 'done',
            },
            t: 1795313889144954,
          },
          arrivals: [],
        },
        stateHash: '341e34f09c543708f55909f83c88b1cf7fb463cc1e4ff229a0cf0dcbf30c89ef',
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
                id: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
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
  },
  listWaits: {
    answers: {
      '200': {
        items: [
          {
            saga: 'errand',
            key: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:18:08.727367Z',
            expiresAt: '2026-11-22T03:18:08.727367Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-790850fb-5dfe-430a-a0bb-692f8401b9a3',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T02:18:08.703639Z',
            expiresAt: '2026-11-22T03:18:08.703639Z',
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
        askedAt: '2026-11-22T02:18:08.727367Z',
        expiresAt: '2026-11-22T03:18:08.727367Z',
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
            commandId: '9e9b15e935364c9d73442703ebe81fdf',
            saga: 'errand',
            key: 'only-ours-done-fceca1b5-b60e-43c3-abc9-7be63092adba',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T02:18:09.144954Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: 'a7ec0bce4530501553737f8e07ce9a58',
            saga: 'errand',
            key: 'only-ours-shown-f7706d0e-6fe3-457b-a167-af6f6f2c90d5',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T02:18:08.714770Z',
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
        commandId: '97f3bdd7f772e1e82ba49ff4bee77a45',
        saga: 'errand',
        key: 'only-ours-resolve-351143cf-ae3e-4989-b929-8368f353c979',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T02:18:08.067940Z',
        dueAt: '2026-11-22T02:18:08.067940Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-351143cf-ae3e-4989-b929-8368f353c979',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T02:18:08.070057Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: '159b09615f2683b7074d1c8bff8ff52b',
            saga: 'errand',
            key: 'only-ours-cancel-1dabfc69-2a4d-4446-a7ee-be21beda864d',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T02:18:07.578148Z',
            dueAt: '2026-11-22T02:18:07.578148Z',
          },
          {
            kind: 'effect',
            commandId: 'cd71a5a00580133fbf5d755c603b4d1e',
            saga: 'errand',
            key: 'only-ours-redrive-63b7c141-c989-4a5b-9829-d9eca9965fda',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T02:18:07.827131Z',
            dueAt: '2026-11-22T02:18:07.827131Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMTM4ODc4MjcxMzEsNF0',
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
                  p50: 0.1,
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
                  p50: 0.0073750000000000005,
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
            at: '2026-11-22T02:18:09.013388Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '74be7c34-551f-48fb-aa9a-3cc15a97a24a',
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
            at: '2026-11-22T02:18:08.812801Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '9ed790d4-585b-4155-b643-59f370948980',
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
        at: '2026-11-22T02:18:09.013388Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '74be7c34-551f-48fb-aa9a-3cc15a97a24a',
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
            dueAt: '2026-11-22T03:18:08.457182Z',
            saga: 'errand',
            key: 'only-ours-complete-7af658ed-7276-429c-9c17-04e346294d04',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T03:18:08.536486Z',
            saga: 'errand',
            key: 'only-ours-fail-df9b36c9-7930-4dcb-a57d-c3f128d1c223',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMTc0ODg1MzY0ODYsMiwiIl0',
      },
    },
  },
  listReleases: {
    answers: {
      '200': {
        items: [
          {
            digest: '6ca26f6c458cca7d457906cde2b80a0aae38f8395abffdb32b86a3b60dd6dbbf',
            app: 'errands',
            active: false,
            registeredAt: '2026-11-22T02:17:59.733984Z',
            registeredBy: 'a97d35b04391',
            activatedAt: '2026-11-22T02:17:59.812798Z',
            activatedBy: 'a97d35b04391',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T02:18:05.628022Z',
            registeredBy: 'a97d35b04391',
            activatedAt: '2026-11-22T02:18:05.773316Z',
            activatedBy: 'a97d35b04391',
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
        digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        app: 'errands',
        active: true,
        registeredAt: '2026-11-22T02:18:05.628022Z',
        registeredBy: 'a97d35b04391',
        activatedAt: '2026-11-22T02:18:05.773316Z',
        activatedBy: 'a97d35b04391',
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
            at: '2026-11-22T02:18:05.773316Z',
            by: 'a97d35b04391',
            reason: null,
            previous: '6ca26f6c458cca7d457906cde2b80a0aae38f8395abffdb32b86a3b60dd6dbbf',
            rehearsal: {
              at: '2026-11-22T02:18:05.786824Z',
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
            '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/src/runtime/active.ts","@holdfast/sdk@0.1.0/sr…',
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
            id: 'w_d706eecc17c57cf67c6b',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T02:18:09.208863Z',
            lastSeenAt: '2026-11-22T02:18:09.209067Z',
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
            at: '2026-11-22T02:18:09.210748Z',
            worker: 'w_d706eecc17c57cf67c6b',
            name: 'only-ours-worker',
            kind: 'joined',
            by: 'dcda4146e63d',
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
            clientId: 'mqttjs_1307372a',
            key: {
              id: '96d9916ef058',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T02:18:09.335668Z',
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
            lastAt: '2026-11-22T02:18:09.369482Z',
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
            at: '2026-11-22T02:18:09.114107Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: 'a97d35b04391',
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
            hash: 'a3c34f96ea27992c2edabcfc7950fe8b954099dc1f6a9bbf42aad2d683b2ca2a',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T02:18:06.946197Z',
            act: 'key.created',
            target: 'key/69bcb6588b95',
            by: 'a97d35b04391',
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
            hash: '6a2894c33ab96de0777022dc092d546fdf874b53f492fc84ac825eada4387029',
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
        head: 'a3c34f96ea27992c2edabcfc7950fe8b954099dc1f6a9bbf42aad2d683b2ca2a',
        faults: [],
      },
    },
  },
  listKeys: {
    answers: {
      '200': {
        items: [
          {
            id: 'a97d35b04391',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T02:17:53.956003Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: '7079553a8d3a',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T02:18:06.395213Z',
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
        key: 'only-ours-cancel-1dabfc69-2a4d-4446-a7ee-be21beda864d',
        run: 1,
        status: 'cancelled',
        version: 3,
        app: 'errands',
        release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        startedAt: '2026-11-22T02:18:07.578148Z',
        updatedAt: '2026-11-22T02:18:09.875953Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-1dabfc69-2a4d-4446-a7ee-be21beda864d',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-1dabfc69-2a4d-4446-a7ee-be21beda864d',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'addf5c49-db8f-4aca-ba86-8e0bd2ed9a7d',
            data: {
              id: 'only-ours-cancel-1dabfc69-2a4d-4446-a7ee-be21beda864d',
              how: 'silent',
            },
            t: 1795313887578148,
          },
          arrivals: [
            {
              type: 'cancel',
              step: null,
              data: {
                reason: 'the customer called',
                by: '96d9916ef058',
              },
              t: 1795313889875730,
            },
            {
              type: 'effect.unknown',
              step: 'errand.press#1',
              data: {
                code: 'cancelled',
                message: 'cancelled while nobody knew whether it happened',
              },
              t: 1795313889875953,
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
        key: 'only-ours-redrive-63b7c141-c989-4a5b-9829-d9eca9965fda',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        startedAt: '2026-11-22T02:18:07.827131Z',
        updatedAt: '2026-11-22T02:18:09.893172Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-63b7c141-c989-4a5b-9829-d9eca9965fda',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-63b7c141-c989-4a5b-9829-d9eca9965fda',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: 'dea707a3-ef30-4def-a05a-18e57ba8bf6d',
            data: {
              id: 'only-ours-redrive-63b7c141-c989-4a5b-9829-d9eca9965fda',
              how: 'silent',
            },
            t: 1795313887827131,
          },
          arrivals: [],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [],
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
            commandId: '4b1d83f83d3db4e7c374cb15ec38f816',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-fcfd7ee4-28b1-47ef-a952-df91862a3389',
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
        commandId: '97f3bdd7f772e1e82ba49ff4bee77a45',
        saga: 'errand',
        key: 'only-ours-resolve-351143cf-ae3e-4989-b929-8368f353c979',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T02:18:08.067940Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-351143cf-ae3e-4989-b929-8368f353c979',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 56,
        firstAttemptAt: '2026-11-22T02:18:08.070057Z',
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
        at: '2026-11-22T02:18:08.812801Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '9ed790d4-585b-4155-b643-59f370948980',
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
          at: '2026-11-22T02:18:10.127367Z',
          by: '96d9916ef058',
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
        at: '2026-11-22T02:18:09.013388Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '74be7c34-551f-48fb-aa9a-3cc15a97a24a',
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
          at: '2026-11-22T02:18:10.182178Z',
          by: '96d9916ef058',
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
            startedAt: '2026-11-22T02:18:09.114107Z',
            endedAt: '2026-11-22T02:18:09.204562Z',
            by: 'a97d35b04391',
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
        startedAt: '2026-11-22T02:18:09.114107Z',
        endedAt: '2026-11-22T02:18:09.204562Z',
        by: 'a97d35b04391',
        reason: 'only-ours: the receipt was lost',
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
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/src/runtime/active.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
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
          '{"version":3,"sources":["@holdfast/core@0.1.0/src/decision.ts","@holdfast/core@0.1.0/src/json.ts","@holdfast/core@0.1.0/src/time.ts","@holdfast/sdk@0.1.0/src/runtime/active.ts","@holdfast/sdk@0.1.0/sr…',
      },
    },
    answers: {
      '200': {
        app: 'errands',
        digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        previous: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T02:18:10.564971Z',
          endedAt: '2026-11-22T02:18:10.565747Z',
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
        digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        previous: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        dryRun: true,
        rehearsal: {
          app: 'errands',
          digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
          dryRun: true,
          state: 'finished',
          startedAt: '2026-11-22T02:18:10.624983Z',
          endedAt: '2026-11-22T02:18:10.625781Z',
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
        digest: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        dryRun: true,
        state: 'finished',
        startedAt: '2026-11-22T02:18:10.624983Z',
        endedAt: '2026-11-22T02:18:10.625781Z',
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
        digest: '6ca26f6c458cca7d457906cde2b80a0aae38f8395abffdb32b86a3b60dd6dbbf',
        previous: '942b2fe4d91bfdbe8b077bfecee336f0d8a8842a1bfe7f0dc45113178163415f',
        dryRun: false,
        rehearsal: {
          app: 'errands',
          digest: '6ca26f6c458cca7d457906cde2b80a0aae38f8395abffdb32b86a3b60dd6dbbf',
          dryRun: false,
          state: 'finished',
          startedAt: '2026-11-22T02:18:10.711620Z',
          endedAt: '2026-11-22T02:18:10.857408Z',
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
        id: 'w_40e37a34acb8c4e79fc1',
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
        id: 'w_d706eecc17c57cf67c6b',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T02:18:09.208863Z',
        lastSeenAt: '2026-11-22T02:18:10.967370Z',
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
          id: '701567991700',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T02:18:11.011034Z',
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
        file: '/var/lib/holdfast/logs/20261122T021811143Z-reader.cpuprofile',
        bytes: 5857,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T021812467Z-reader.heapsnapshot',
        bytes: 9231418,
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
