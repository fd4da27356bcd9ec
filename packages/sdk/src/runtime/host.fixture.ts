/** The least that drives a program as the engine does, for tests of the runtime itself. */
import {
  type Decision,
  EMPTY_DECISION,
  type ProgramEventKind,
  type ProgramTable,
} from '@holdfast/core';
import type { AnySaga } from './definitions.ts';
import { programOf } from './program.ts';
import type { AnyReducer } from './reducer-definition.ts';

const START = 1_800_000_000_000_000;
const SECOND = 1_000_000;

interface Sent {
  readonly kind: ProgramEventKind;
  readonly type: string;
  readonly step: string | null;
  readonly data: unknown;
}

export class Host {
  readonly program: ProgramTable;
  readonly decisions: Decision[] = [];
  readonly sent: Sent[] = [];
  state: string | null = null;
  now = START;

  readonly saga: AnySaga | AnyReducer;

  constructor(saga: AnySaga | AnyReducer) {
    this.saga = saga;
    this.program = programOf(saga);
  }

  get last(): Decision {
    const last = this.decisions.at(-1);
    if (last === undefined) throw new Error('nothing was decided yet');
    return last;
  }

  send(kind: ProgramEventKind, type: string, step: string | null, data: unknown): this {
    const no = this.decisions.length;
    if (this.state !== null) this.now += SECOND;
    const answer = this.program.decide(
      JSON.stringify({
        saga: 'saga',
        tenant: '',
        key: 'k',
        run: 1,
        state: this.state === null ? null : (JSON.parse(this.state) as unknown),
        event: { kind, type, id: `e${no}`, step, data },
        now: this.now,
        seed: no.toString(16).padStart(32, '0'),
      }),
    );
    this.sent.push({ kind, type, step, data });
    this.state = answer.state;
    this.decisions.push({ ...EMPTY_DECISION, ...(JSON.parse(answer.decision) as Decision) });
    return this;
  }

  start(data: unknown): this {
    return this.send('start', 'order.placed', null, data);
  }

  succeed(step: string, output: unknown): this {
    return this.send('effect', 'effect.succeeded', step, output);
  }

  fail(step: string, code = 'refused', message = 'no'): this {
    return this.send('effect', 'effect.failed', step, { code, message });
  }

  unknown(step: string, code = 'timeout', message = 'no answer'): this {
    return this.send('effect', 'effect.unknown', step, { code, message });
  }

  fire(step: string): this {
    return this.send('timer', 'timer.fired', step, null);
  }

  complete(step: string, payload: unknown): this {
    return this.send('wait', 'wait.completed', step, payload);
  }

  failWait(step: string, message = 'no'): this {
    return this.send('wait', 'wait.failed', step, { message });
  }

  expire(step: string): this {
    return this.send('wait', 'wait.expired', step, null);
  }

  childEnded(step: string, status: string, result: unknown = null): this {
    const error = status === 'completed' ? null : { code: 'undo', message: 'why' };
    return this.send('child', 'child.ended', step, { status, result, error });
  }

  cancel(reason = 'enough'): this {
    return this.send('cancel', 'saga.cancel', null, { reason });
  }

  redrive(): this {
    return this.send('redrive', 'saga.redrive', null, { reason: null });
  }
}
