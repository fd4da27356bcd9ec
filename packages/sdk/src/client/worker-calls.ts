import type {
  BeatAnswer,
  CommandResource,
  CommandResult,
  Completed,
  HeldCommand,
  JoinBody,
  Joined,
  Page,
  WorkerRecord,
  WorkerResource,
} from '@holdfast/core';
import { parseDuration } from '@holdfast/core';
import { segment } from './transport.ts';
import type { Transport } from './transport.ts';

export interface LeaseAsk {
  /** Counts this worker's leases; the last number again asks for the last answer again. */
  readonly poll: number;
  /** How many commands there is room for. */
  readonly max: number;
  /** How long the server may hold the answer, as a duration. */
  readonly wait: string;
}

/** Workers: those that have joined, and what a worker itself says. Nothing here is tried again by itself. */
export interface WorkerCalls {
  readonly list: () => Promise<readonly WorkerResource[]>;
  /** Steps in the life of workers, newest first; needs the scope `admin`. */
  readonly records: (filter?: {
    worker?: string;
    limit?: number;
    cursor?: string;
  }) => Promise<Page<WorkerRecord>>;
  /** Changes which tenants a worker takes commands of; null: as it was started with. Needs the scope `admin`. */
  readonly place: (
    id: string,
    tenants: readonly string[] | null,
    reason?: string,
  ) => Promise<WorkerResource>;
  readonly join: (worker: JoinBody) => Promise<Joined>;
  readonly beat: (id: string, holding: readonly HeldCommand[]) => Promise<BeatAnswer>;
  readonly lease: (
    id: string,
    ask: LeaseAsk,
    signal?: AbortSignal,
  ) => Promise<{ readonly commands: readonly CommandResource[] }>;
  /** Resolves once the result is recorded. */
  readonly complete: (id: string, result: CommandResult) => Promise<Completed>;
  readonly drain: (id: string, holding: readonly HeldCommand[]) => Promise<void>;
  readonly leave: (id: string, holding: readonly HeldCommand[]) => Promise<void>;
}

export function workerCalls(transport: Transport): WorkerCalls {
  const post = async <T>(path: string, body: unknown): Promise<T> =>
    (await transport.ask({ method: 'POST', path, body })).body as T;
  const pathOf = (id: string, act: string): string => `/v1/workers/${segment(id)}/${act}`;
  return {
    list: async () =>
      ((await transport.ask({ path: '/v1/workers' })).body as Page<WorkerResource>).items,
    records: async (filter) =>
      (await transport.ask({ path: '/v1/workers/records', query: { ...filter } }))
        .body as Page<WorkerRecord>,
    place: async (id, tenants, reason) =>
      (
        await transport.ask({
          method: 'PATCH',
          path: `/v1/workers/${segment(id)}`,
          body: { tenants, reason },
        })
      ).body as WorkerResource,
    join: (worker) => post('/v1/workers', worker),
    beat: async (id, holding) => post(pathOf(id, 'beat'), { holding }),
    lease: async (id, ask, signal) =>
      (
        await transport.ask({
          method: 'POST',
          path: pathOf(id, 'lease'),
          body: ask,
          held: parseDuration(ask.wait),
          signal,
        })
      ).body as { readonly commands: readonly CommandResource[] },
    complete: async (id, result) => post(pathOf(id, 'complete'), result),
    drain: async (id, holding) => post(pathOf(id, 'drain'), { holding }),
    leave: async (id, holding) => post(pathOf(id, 'leave'), { holding }),
  };
}
