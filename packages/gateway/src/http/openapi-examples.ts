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
        startedAt: '2026-11-22T05:40:52.751226Z',
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
            id: 'ed95b1eba8335e020c90ae3ba2b74f67:ended',
            source: 'holdfast:saga/errand',
            type: 'saga.completed',
            subject: 'errand/only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            time: null,
            receivedAt: '2026-11-22T05:41:23.298411Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            causationId: '6b218fbe0e1a099060d5293d4d52f98c:outcome',
            traceparent: null,
            data: {
              saga: 'errand',
              key: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
              run: 2,
              status: 'completed',
              result: {
                receipt: 'r-only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
              },
              error: null,
            },
          },
          {
            seq: 42,
            stream: 'WORKFLOW_EVENTS',
            specversion: '1.0',
            id: '6b218fbe0e1a099060d5293d4d52f98c:outcome',
            source: 'holdfast:effect/errand.press',
            type: 'effect.succeeded',
            subject: 'errand/only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            time: null,
            receivedAt: '2026-11-22T05:41:23.272663Z',
            tenant: 'ours',
            correlationId: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            causationId: '6b218fbe0e1a099060d5293d4d52f98c',
            traceparent: null,
            data: {
              receipt: 'r-only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
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
        id: '74cbc0d0-a57f-4124-9f9b-5f42b41604f1',
        source: '/keys/admin',
        type: 'errand.asked',
        subject: null,
        time: null,
        receivedAt: '2026-11-22T05:41:20.471225Z',
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
            key: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            run: 2,
            status: 'completed',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T05:41:22.982484Z',
            updatedAt: '2026-11-22T05:41:23.272663Z',
            blockedBy: null,
          },
          {
            saga: 'errand',
            key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
            run: 1,
            status: 'waiting',
            version: 2,
            app: 'errands',
            release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            startedAt: '2026-11-22T05:41:20.098265Z',
            updatedAt: '2026-11-22T05:41:20.352701Z',
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
        key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
        run: 1,
        status: 'waiting',
        version: 2,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:41:20.098265Z',
        updatedAt: '2026-11-22T05:41:20.352701Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.tell#1',
              kind: 'effect',
              request: {
                id: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
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
            id: 'caca8acf-f1af-423f-ad7d-10d75ae16b8e',
            data: {
              id: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
              how: 'ask',
            },
            t: 1795326080098265,
          },
          arrivals: [
            {
              type: 'effect.succeeded',
              step: 'errand.tell#1',
              data: '{}',
              t: 1795326080352701,
            },
          ],
        },
        result: null,
        failure: null,
        undo: [],
        waits: [
          {
            saga: 'errand',
            key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:41:20.352701Z',
            expiresAt: '2026-11-22T06:41:20.352701Z',
          },
        ],
        search: [],
        cause: {
          seq: 36,
          id: 'caca8acf-f1af-423f-ad7d-10d75ae16b8e',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:41:20.098265Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.tell#1',
            effect: 'errand.tell',
            commandId: '50463d04d30faf8be7c57a1532f441dd',
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
        key: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
        run: 2,
        status: 'completed',
        entries: [
          {
            at: '2026-11-22T05:41:23.157409Z',
            kind: 'event',
            title: 'an event, run again by an operator',
            seq: 41,
            version: null,
            step: null,
            detail: {
              id: '60917581-5595-407a-8438-54ce91e6bb06',
              type: 'event.reprocessed',
              source: 'holdfast:again',
              receivedAt: '2026-11-22T05:41:22.982484Z',
              data: {
                id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
                how: 'done',
              },
              disposition: null,
            },
          },
          {
            at: '2026-11-22T05:41:23.157409Z',
            kind: 'transition',
            title: 'version 1: running',
            seq: 41,
            version: 1,
            step: null,
            detail: {
              recordedAt: '2026-11-22T05:41:22.982484Z',
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
                      id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
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
        recordedAt: '2026-11-22T05:41:22.982484Z',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
                how: 'done',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '60917581-5595-407a-8438-54ce91e6bb06',
            data: {
              id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
              how: 'done',
            },
            t: 1795326082982484,
          },
          arrivals: [],
        },
        stateHash: '6df301e8ccef9a539a65181a6611fb92945fdf43662dffc3c122a203f8b324ef',
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
                id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
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
                    id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
                    how: 'done',
                  },
                },
              ],
              start: {
                type: 'errand.asked',
                id: '60917581-5595-407a-8438-54ce91e6bb06',
                data: {
                  id: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
                  how: 'done',
                },
                t: 1795326082982484,
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
        key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
        run: 1,
        cause: {
          seq: 36,
          id: 'caca8acf-f1af-423f-ad7d-10d75ae16b8e',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:41:20.098265Z',
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
          recordedAt: '2026-11-22T05:41:20.352701Z',
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
          'It waits for errand.answer until 2026-11-22T06:41:20Z, since 2026-11-22T05:41:20Z.',
        open: [
          {
            step: 'errand.answer#1',
            kind: 'wait',
            since: '2026-11-22T05:41:20.352701Z',
            text: 'waits for errand.answer until 2026-11-22T06:41:20Z; whoever has its token, or a key that may operate, completes or fails it',
            at: {
              file: 'src/index.ts',
              line: 39,
              column: 27,
              source: "const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });",
            },
          },
        ],
        next: [
          'When somebody completes errand.answer, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete errand only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c errand.answe…',
        ],
        parked: 0,
      },
    },
  },
  session: {
    answers: {
      '200': {
        keyId: '714f3cc6f899',
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
            key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:41:20.352701Z',
            expiresAt: '2026-11-22T06:41:20.352701Z',
          },
          {
            saga: 'errand',
            key: 'only-ours-fail-token-0cf980e8-f074-4b22-8bc3-049768cde446',
            name: 'errand.answer',
            step: 'errand.answer#1',
            definition: 'errand.answer',
            state: 'open',
            openedAt: '2026-11-22T05:41:19.688622Z',
            expiresAt: '2026-11-22T06:41:19.688622Z',
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
        askedAt: '2026-11-22T05:41:20.352701Z',
        expiresAt: '2026-11-22T06:41:20.352701Z',
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
            commandId: '6b218fbe0e1a099060d5293d4d52f98c',
            saga: 'errand',
            key: 'only-ours-done-f19e29fe-9852-4b4f-bcf1-ba7fd6f47ca8',
            run: 2,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T05:41:22.982484Z',
            dueAt: null,
          },
          {
            kind: 'effect',
            commandId: '50463d04d30faf8be7c57a1532f441dd',
            saga: 'errand',
            key: 'only-ours-shown-142ad44b-8efc-45c2-81a6-68c921d21a1c',
            run: 1,
            step: 'errand.tell#1',
            effect: 'errand.tell',
            state: 'settled',
            outcome: 'succeeded',
            attempts: 1,
            doubtful: false,
            createdAt: '2026-11-22T05:41:20.098265Z',
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
        commandId: '973c55ba9541477a6a20626e0e3570cd',
        saga: 'errand',
        key: 'only-ours-resolve-8228ae43-6385-41a0-8bcd-77578f6ad619',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'held',
        outcome: null,
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T05:41:17.449612Z',
        dueAt: '2026-11-22T05:41:17.449612Z',
        input: {
          how: 'silent',
          id: 'only-ours-resolve-8228ae43-6385-41a0-8bcd-77578f6ad619',
        },
        undoes: null,
        result: null,
        outcomeSeq: null,
        firstAttemptAt: '2026-11-22T05:41:17.451095Z',
      },
    },
  },
  listOutbox: {
    answers: {
      '200': {
        items: [
          {
            kind: 'effect',
            commandId: 'dd4d98374ec1c2989ba4340d4000d28a',
            saga: 'errand',
            key: 'only-ours-cancel-7fdd4446-5aea-4c1e-86a4-11a01c2c7f70',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T05:41:16.415089Z',
            dueAt: '2026-11-22T05:41:16.415089Z',
          },
          {
            kind: 'effect',
            commandId: '3c7ed7dc7a91fa752dd5c1430304fe36',
            saga: 'errand',
            key: 'only-ours-redrive-e1eb66a9-3bc6-48b7-beea-0a7ea3d121d6',
            run: 1,
            step: 'errand.press#1',
            effect: 'errand.press',
            state: 'held',
            outcome: null,
            attempts: 1,
            doubtful: true,
            createdAt: '2026-11-22T05:41:17.027457Z',
            dueAt: '2026-11-22T05:41:17.027457Z',
          },
        ],
        next: 'WyJvdXRib3giLDE3OTUzMjYwNzcwMjc0NTcsNF0',
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
                  p50: 0.16,
                  p95: 0.286,
                  p99: 0.2972,
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
                  p50: 0.026666666666666665,
                  p95: 0.09125,
                  p99: 0.09825000000000002,
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
            at: '2026-11-22T05:41:22.633477Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '9dd27b68-dbe5-48a6-a0c2-6e4c7a6081d4',
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
            at: '2026-11-22T05:41:20.523350Z',
            origin: 'runner',
            code: 'program.failed',
            reason: 'saga errand failed to name the instance: this errand has no name',
            context: {
              saga: 'errand',
              type: 'errand.asked',
              id: '74cbc0d0-a57f-4124-9f9b-5f42b41604f1',
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
        at: '2026-11-22T05:41:22.633477Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '9dd27b68-dbe5-48a6-a0c2-6e4c7a6081d4',
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
            dueAt: '2026-11-22T06:41:18.678396Z',
            saga: 'errand',
            key: 'only-ours-complete-7cf9a4bd-9e25-4234-adec-c8710ce08a79',
          },
          {
            kind: 'wait',
            name: 'wait:errand.answer',
            dueAt: '2026-11-22T06:41:18.985150Z',
            saga: 'errand',
            key: 'only-ours-fail-b530200b-b961-440b-9db4-e832e263b540',
          },
        ],
        next: 'WyJzY2hlZHVsZXMiLDE3OTUzMjk2Nzg5ODUxNTAsMiwiIl0',
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
            registeredAt: '2026-11-22T05:41:04.469876Z',
            registeredBy: '480d07703aab',
            activatedAt: '2026-11-22T05:41:04.573782Z',
            activatedBy: '480d07703aab',
            sagas: ['errand'],
            effects: ['errand.press', 'errand.tell'],
            inFlight: 0,
          },
          {
            digest: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            app: 'errands',
            active: true,
            registeredAt: '2026-11-22T05:41:12.513649Z',
            registeredBy: '480d07703aab',
            activatedAt: '2026-11-22T05:41:12.650926Z',
            activatedBy: '480d07703aab',
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
        registeredAt: '2026-11-22T05:41:12.513649Z',
        registeredBy: '480d07703aab',
        activatedAt: '2026-11-22T05:41:12.650926Z',
        activatedBy: '480d07703aab',
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
            at: '2026-11-22T05:41:12.650926Z',
            by: '480d07703aab',
            reason: null,
            previous: '10b31a99e1dfd23bc1ffa70647759d81a4064d1082c73ae48de6ea25fea446de',
            rehearsal: {
              at: '2026-11-22T05:41:12.717431Z',
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
            id: 'w_0de0ff32b7498f799ee7',
            name: 'only-ours-worker',
            group: 'default',
            state: 'joined',
            tenant: 'ours',
            tenants: [],
            effects: ['nothing'],
            concurrency: 1,
            inFlight: 0,
            joinedAt: '2026-11-22T05:41:23.226625Z',
            lastSeenAt: '2026-11-22T05:41:23.226760Z',
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
            at: '2026-11-22T05:41:23.226985Z',
            worker: 'w_0de0ff32b7498f799ee7',
            name: 'only-ours-worker',
            kind: 'joined',
            by: 'b47adc1f15ec',
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
            clientId: 'mqttjs_b2171258',
            key: {
              id: '714f3cc6f899',
              name: 'only-ours-admin',
            },
            address: '127.0.0.1',
            connectedAt: '2026-11-22T05:41:23.540324Z',
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
            lastAt: '2026-11-22T05:41:23.639950Z',
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
        at: '2026-11-22T05:41:25.308985Z',
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
          freeBytes: 63858036736,
          dataBytes: 417792,
          walBytes: 572712,
        },
      },
    },
  },
  getOverviewSeries: {
    answers: {
      '200': {
        stepSeconds: 15,
        from: '2026-11-22T05:40:30.000000Z',
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
            oldest: '2026-11-22T05:41:16.717518Z',
            newest: '2026-11-22T05:41:18.006642Z',
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
            oldest: '2026-11-22T05:41:20.523350Z',
            newest: '2026-11-22T05:41:22.633477Z',
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
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTJiYjhlOWU3LWQ0MDYtNDU3My05MjBkLTA3M2VkMDg0Mjk3YSIsMV0',
            saga: 'errand',
            key: 'only-ours-group-2bb8e9e7-d406-4573-920d-073ed084297a',
            run: 1,
            commandId: '762c335147d8f85bf1e12106f52ce9dd',
            quarantineId: null,
            at: '2026-11-22T05:41:18.006642Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '762c335147d8f85bf1e12106f52ce9dd',
                idempotencyKey: '762c335147d8f85bf1e12106f52ce9dd',
              },
            ],
            decides: null,
          },
          {
            item: 'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLXJlc29sdmUtODIyOGFlNDMtNjM4NS00MWEwLThiY2QtNzc1NzhmNmFkNjE5IiwxXQ',
            saga: 'errand',
            key: 'only-ours-resolve-8228ae43-6385-41a0-8bcd-77578f6ad619',
            run: 1,
            commandId: '973c55ba9541477a6a20626e0e3570cd',
            quarantineId: null,
            at: '2026-11-22T05:41:17.701476Z',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'the effect is called again, with the same idempotency key',
            wouldFire: [
              {
                effect: 'errand.press',
                commandId: '973c55ba9541477a6a20626e0e3570cd',
                idempotencyKey: '973c55ba9541477a6a20626e0e3570cd',
              },
            ],
            decides: null,
          },
        ],
        next: 'WyJhdHRlbnRpb24iLDE3OTUzMjYwNzc3MDE0NzYsNV0',
      },
    },
  },
  alerts: {
    answers: {
      '200': {
        open: [
          {
            id: '62bced8e-a1ce-4b12-bc8e-7c443d9ef7cf',
            kind: 'doubtful',
            severity: 'critical',
            tenant: 'ours',
            title: '4 calls of errand.press are in doubt',
            message: 'errand.press may or may not have happened: no answer in 200 ms',
            next: 'Find out at the other side whether each happened, then resolve them. On the command line: holdfast effects list --state held',
            count: 4,
            since: '2026-11-22T05:41:16.717518Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJyIiwiZWZmZWN0LmluX2RvdWJ0IiwiZXJyYW5kIiwiZXJyYW5kLnByZXNzIiwiYWFlOTgyZTBkNDQ0YzRjMjliNzNkNmFhMDNlNTdkNzY2NDA0MjAzYjUyNWY0MTA0YzM2ZmIwY2JjYmE2YmZjOCJd',
            about: {
              code: 'effect.in_doubt',
              saga: 'errand',
              effect: 'errand.press',
              release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
            },
            openedAt: '2026-11-22T05:41:25.431213Z',
            toldAt: null,
          },
          {
            id: '241a9465-2b00-4086-bc7b-08bd73171d0f',
            kind: 'quarantine',
            severity: 'warning',
            tenant: 'ours',
            title: '2 entries in quarantine: program.failed',
            message: 'saga errand failed to name the instance: this errand has no name',
            next: 'Look at what came in; redrive them once the cause is mended, or discard. On the command line: holdfast quarantine list',
            count: 2,
            since: '2026-11-22T05:41:20.523350Z',
            url: 'http://127.0.0.1:7420/needs-you?group=WyJxIiwicHJvZ3JhbS5mYWlsZWQiLCJlcnJhbmQiXQ',
            about: {
              code: 'program.failed',
              saga: 'errand',
              origin: 'runner',
            },
            openedAt: '2026-11-22T05:41:25.431213Z',
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
            at: '2026-11-22T05:41:22.933815Z',
            act: 'operator.reprocess',
            target: 'errand',
            by: '480d07703aab',
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
            hash: 'b1b0a2301292f6e2deb46b50eeb3459a96750e5f6cbe09684a6a313864395678',
          },
          {
            no: 17,
            seq: 17,
            at: '2026-11-22T05:41:14.641904Z',
            act: 'key.created',
            target: 'key/4d619706bf29',
            by: '480d07703aab',
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
            hash: 'b6152ca438a0985c57a1928a1d87d9a9943985b8406067029067aafa4f2fd73a',
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
        head: 'b1b0a2301292f6e2deb46b50eeb3459a96750e5f6cbe09684a6a313864395678',
        faults: [],
      },
    },
  },
  startJournalVerification: {
    answers: {
      '202': {
        state: 'running',
        startedAt: '2026-11-22T05:41:25.885Z',
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
        startedAt: '2026-11-22T05:41:25.885Z',
        endedAt: '2026-11-22T05:41:27.393Z',
        progress: null,
        report: {
          ok: true,
          commits: 59,
          events: 43,
          transitions: 20,
          attemptRecords: 24,
          head: {
            no: 59,
            digest: '6c577711dd94a2c338f7892213c8048bf45ef41c3b7af2735dc8dfc8970b983b',
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
            id: '480d07703aab',
            name: 'admin',
            tenant: '',
            scopes: ['admin'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T05:40:56.113362Z',
            expiresAt: null,
            revokedAt: null,
          },
          {
            id: 'e9397d75562d',
            name: 'only-ours-publish',
            tenant: 'ours',
            scopes: ['publish'],
            topics: null,
            types: null,
            createdAt: '2026-11-22T05:41:13.767865Z',
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
        key: 'only-ours-cancel-7fdd4446-5aea-4c1e-86a4-11a01c2c7f70',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:41:16.415089Z',
        updatedAt: '2026-11-22T05:41:27.845177Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-cancel-7fdd4446-5aea-4c1e-86a4-11a01c2c7f70',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-cancel-7fdd4446-5aea-4c1e-86a4-11a01c2c7f70',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '5e1a2e15-1cef-4586-8043-d3c9e7b2883c',
            data: {
              id: 'only-ours-cancel-7fdd4446-5aea-4c1e-86a4-11a01c2c7f70',
              how: 'silent',
            },
            t: 1795326076415089,
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
          id: '5e1a2e15-1cef-4586-8043-d3c9e7b2883c',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:41:16.415089Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: 'dd4d98374ec1c2989ba4340d4000d28a',
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
        key: 'only-ours-redrive-e1eb66a9-3bc6-48b7-beea-0a7ea3d121d6',
        run: 1,
        status: 'running',
        version: 1,
        app: 'errands',
        release: 'aae982e0d444c4c29b73d6aa03e57d766404203b525f4104c36fb0cbcba6bfc8',
        startedAt: '2026-11-22T05:41:17.027457Z',
        updatedAt: '2026-11-22T05:41:28.006659Z',
        blockedBy: null,
        tenant: 'ours',
        correlationId: 'only-ours-redrive-e1eb66a9-3bc6-48b7-beea-0a7ea3d121d6',
        state: {
          v: 1,
          steps: [
            {
              step: 'errand.press#1',
              kind: 'effect',
              request: {
                id: 'only-ours-redrive-e1eb66a9-3bc6-48b7-beea-0a7ea3d121d6',
                how: 'silent',
              },
            },
          ],
          start: {
            type: 'errand.asked',
            id: '45035f2d-0592-48ac-98cd-f9a35dd23f47',
            data: {
              id: 'only-ours-redrive-e1eb66a9-3bc6-48b7-beea-0a7ea3d121d6',
              how: 'silent',
            },
            t: 1795326077027457,
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
          id: '45035f2d-0592-48ac-98cd-f9a35dd23f47',
          type: 'errand.asked',
          source: '/keys/admin',
          receivedAt: '2026-11-22T05:41:17.027457Z',
          saga: null,
          instance: null,
        },
        parent: null,
        children: [],
        effects: [
          {
            step: 'errand.press#1',
            effect: 'errand.press',
            commandId: '3c7ed7dc7a91fa752dd5c1430304fe36',
            happened: 'in_doubt',
            attempts: 1,
            undone: null,
            undoneBy: null,
            undoes: null,
            text: 'whether errand.press took effect is unknown so far (one attempt); next attempt at 2026-11-22T05:41:27Z',
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
            commandId: 'b41ff4343caa9b0642c2678d40d70b8d',
            step: 'errand.press#1',
            effect: 'errand.press',
            outcome: 'succeeded',
            undone: false,
          },
        ],
        saga: 'errand',
        key: 'only-ours-restart-85878b7c-f91e-4866-b042-7ad93838e6a4',
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
        commandId: '973c55ba9541477a6a20626e0e3570cd',
        saga: 'errand',
        key: 'only-ours-resolve-8228ae43-6385-41a0-8bcd-77578f6ad619',
        run: 1,
        step: 'errand.press#1',
        effect: 'errand.press',
        state: 'settled',
        outcome: 'succeeded',
        attempts: 1,
        doubtful: true,
        createdAt: '2026-11-22T05:41:17.449612Z',
        dueAt: null,
        input: {
          how: 'silent',
          id: 'only-ours-resolve-8228ae43-6385-41a0-8bcd-77578f6ad619',
        },
        undoes: null,
        result: {
          receipt: 'only-ours-seen',
        },
        outcomeSeq: 57,
        firstAttemptAt: '2026-11-22T05:41:17.451095Z',
      },
    },
  },
  actOnAttention: {
    body: {
      reason: 'I asked the press',
      confirmCount: 1,
      items: [
        'WyJyIiwiZXJyYW5kIiwib25seS1vdXJzLWdyb3VwLTJiYjhlOWU3LWQ0MDYtNDU3My05MjBkLTA3M2VkMDg0Mjk3YSIsMV0',
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
        at: '2026-11-22T05:41:20.523350Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '74cbc0d0-a57f-4124-9f9b-5f42b41604f1',
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
          at: '2026-11-22T05:41:29.118366Z',
          by: '714f3cc6f899',
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
        at: '2026-11-22T05:41:22.633477Z',
        origin: 'runner',
        code: 'program.failed',
        reason: 'saga errand failed to name the instance: this errand has no name',
        context: {
          saga: 'errand',
          type: 'errand.asked',
          id: '9dd27b68-dbe5-48a6-a0c2-6e4c7a6081d4',
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
          at: '2026-11-22T05:41:29.261777Z',
          by: '714f3cc6f899',
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
            startedAt: '2026-11-22T05:41:22.933815Z',
            endedAt: '2026-11-22T05:41:23.157487Z',
            by: '480d07703aab',
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
        startedAt: '2026-11-22T05:41:22.933815Z',
        endedAt: '2026-11-22T05:41:23.157487Z',
        by: '480d07703aab',
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
        keyId: '714f3cc6f899',
        name: 'only-ours-admin',
        tenant: 'ours',
        scopes: ['admin', 'publish'],
        expiresAt: '2026-11-29T05:41:29.530273Z',
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
        url: 'http://127.0.0.1:7420/login#hl_xT-UoWgKY-riJ94vYAJmh0jdjSInM8X2V8kWFlfjpFA',
        expiresAt: '2026-11-22T05:46:29.594748Z',
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
          startedAt: '2026-11-22T05:41:29.872810Z',
          endedAt: '2026-11-22T05:41:29.873684Z',
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
          startedAt: '2026-11-22T05:41:29.925524Z',
          endedAt: '2026-11-22T05:41:29.926252Z',
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
        startedAt: '2026-11-22T05:41:29.925524Z',
        endedAt: '2026-11-22T05:41:29.926252Z',
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
          startedAt: '2026-11-22T05:41:29.948317Z',
          endedAt: '2026-11-22T05:41:30.179241Z',
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
        id: 'w_3df6f4ca2fa5212cc080',
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
        id: 'w_0de0ff32b7498f799ee7',
        name: 'only-ours-worker',
        group: 'default',
        state: 'joined',
        tenant: 'ours',
        tenants: ['ours'],
        effects: ['nothing'],
        concurrency: 1,
        inFlight: 0,
        joinedAt: '2026-11-22T05:41:23.226625Z',
        lastSeenAt: '2026-11-22T05:41:30.357669Z',
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
          id: 'c067be2cb38d',
          name: 'till',
          tenant: 'ours',
          scopes: ['publish'],
          topics: null,
          types: ['errand.*'],
          createdAt: '2026-11-22T05:41:30.849307Z',
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
        file: '/var/lib/holdfast/logs/20261122T054131254Z-reader.cpuprofile',
        bytes: 7648,
      },
    },
  },
  takeHeapSnapshot: {
    answers: {
      '200': {
        thread: 'reader',
        file: '/var/lib/holdfast/logs/20261122T054132837Z-reader.heapsnapshot',
        bytes: 12031990,
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
