/**
 * Runs fibers: the body of a saga, the branches of `all` and `race`, and undos. What a step means is the run's business;
 * here is only who runs, who waits, and who is given up.
 *
 * @module
 */
import { type Made, nameOf } from './active.ts';
import { ProgramError } from './failures.ts';
import {
  type Asked,
  type Fiber,
  isJoin,
  type Join,
  newFiber,
  nextStepId,
  type Resumption,
} from './fiber.ts';
import { Operation, type Step } from './operation.ts';
import { branchSteps, operationOf } from './strand.ts';

/** What fibers need of the run they belong to. */
export interface FiberHost {
  /** Operations made so far. */
  readonly operations: readonly Made[];
  /** Makes a request that is no `all` or `race`; what the fiber gets at once, or null when it must wait or has ended. */
  request(fiber: Fiber, operation: Operation<unknown>): Resumption | null;
  /** A fiber that is no branch has ended. */
  ended(fiber: Fiber, how: Resumption): void;
  /** Nobody waits for the step any more. */
  letGo(asked: Asked): void;
  /** A branch was stopped where it stood. */
  abandoned(path: string): void;
}

export class Fibers {
  readonly #host: FiberHost;
  /** The fiber that is running. */
  current: Fiber | null = null;

  constructor(host: FiberHost) {
    this.#host = host;
  }

  /** Runs a fiber to where it waits, or to its end. */
  resume(fiber: Fiber, first: Resumption): void {
    let next: Resumption | null = first;
    while (next !== null) {
      fiber.waiting = null;
      let result: IteratorResult<Step, unknown>;
      const before = this.current;
      this.current = fiber;
      try {
        result =
          'error' in next ? throwInto(fiber.steps, next.error) : fiber.steps.next(next.value);
      } catch (error) {
        if (error instanceof ProgramError) throw error;
        return this.#end(fiber, { error });
      } finally {
        this.current = before;
      }
      if (result.done === true) {
        this.refuseForgotten(fiber);
        return this.#end(fiber, { value: result.value });
      }
      const operation = operationOf(result.value);
      const { kind } = operation.request;
      next =
        kind === 'all' || kind === 'race'
          ? this.#fork(fiber, operation)
          : this.#host.request(fiber, operation);
    }
  }

  /** Stops a fiber and its branches where they stand. */
  giveUp(fiber: Fiber): void {
    fiber.alive = false;
    const { waiting } = fiber;
    if (waiting === null) return;
    if (!isJoin(waiting)) return this.#host.letGo(waiting);
    for (const branch of waiting.fibers) if (branch.alive) this.giveUp(branch);
  }

  /** @throws ProgramError when the fiber made an operation that nothing ran. */
  refuseForgotten(fiber: Fiber): void {
    const forgotten = this.#host.operations.find(({ used, owner }) => !used && owner === fiber);
    if (forgotten === undefined) return;
    const message = `${nameOf(forgotten)} was made but never run: \`yield*\` is missing in front of it`;
    throw new ProgramError('program.failed', message, forgotten);
  }

  #fork(parent: Fiber, { request }: Operation<unknown>): Resumption | null {
    if (request.kind !== 'all' && request.kind !== 'race') return null;
    const { kind, keys, branches, listed } = request;
    const left = branches.length;
    const join: Join = {
      kind,
      parent,
      keys,
      listed,
      fibers: [],
      results: [],
      left,
      settled: null,
      starting: true,
    };
    const id = nextStepId(parent, kind);
    if (left === 0) return { value: resultsOf(join) };
    parent.waiting = join;
    branches.forEach((branch, i) => {
      if (join.settled !== null) {
        // Decided before this branch began: it is not forgotten, only not needed.
        if (branch instanceof Operation) branch.used = true;
        return;
      }
      const path = `${id}/${keys[i] ?? i}`;
      const fiber = newFiber(branchSteps(branch, path), `${path}/`, join, parent.undoes);
      join.fibers.push(fiber);
      this.resume(fiber, { value: undefined });
    });
    join.starting = false;
    return join.settled;
  }

  #end(fiber: Fiber, how: Resumption): void {
    fiber.alive = false;
    const { join } = fiber;
    if (join === null) return this.#host.ended(fiber, how);
    if ('error' in how) return this.#settle(join, how);
    const slot = join.fibers.indexOf(fiber);
    join.results[slot] = how.value;
    join.left -= 1;
    if (join.kind === 'race') {
      const winner = join.listed ? slot : join.keys[slot];
      this.#settle(join, { value: { winner, value: how.value } });
    } else if (join.left === 0) {
      this.#settle(join, { value: resultsOf(join) });
    }
  }

  /** Ends an `all` or `race`, giving up the branches that still run. */
  #settle(join: Join, resumption: Resumption): void {
    join.settled = resumption;
    for (const fiber of join.fibers) {
      if (!fiber.alive) continue;
      this.giveUp(fiber);
      this.#host.abandoned(fiber.path);
    }
    if (!join.starting) this.resume(join.parent, resumption);
  }
}

function resultsOf({ listed, keys, results }: Join): unknown {
  return listed ? results : Object.fromEntries(keys.map((key, i) => [key, results[i]]));
}

function throwInto(
  steps: Iterator<Step, unknown, unknown>,
  error: unknown,
): IteratorResult<Step, unknown> {
  if (steps.throw === undefined) throw error;
  return steps.throw(error);
}
