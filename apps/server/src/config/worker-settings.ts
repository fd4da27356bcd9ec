import {
  DEFAULT_WORKER_GROUP,
  effectFilterFault,
  MAX_WORKER_CONCURRENCY,
  tenantRangeFault,
} from '@holdfast/core';
import { z } from 'zod';
import { checked, count, duration } from './setting-fields.ts';

/** Of the server that workers join, and of a worker itself. */
export const worker = z
  .strictObject({
    ackWait: duration(1000, '1s')
      .prefault('30s')
      .describe(
        'Server: how long the lease of a worker holds without being renewed. Then its try is in doubt. A worker renews three times as often.',
      ),
    url: z
      .string()
      .prefault('')
      .describe('Worker: where the server is, for example `https://holdfast.example:7420`.'),
    key: z
      .string()
      .meta({ secret: true })
      .prefault('')
      .describe(
        'Worker: a key with the scope `work`; with `admin` too it takes commands of every tenant. Better handed over in a file: `HOLDFAST_WORKER_KEY_FILE`.',
      ),
    name: z
      .string()
      .prefault('')
      .describe(
        'Worker: what it is known by, also after a restart. Each worker of a server needs a name of its own. Default: the name of the machine.',
      ),
    group: z
      .string()
      .min(1)
      .prefault(DEFAULT_WORKER_GROUP)
      .describe(
        'Worker: the group it belongs to. It makes the calls of effects whose `group` this is; `default` is that of effects which name none.',
      ),
    concurrency: count(1, MAX_WORKER_CONCURRENCY)
      .prefault(64)
      .describe('Worker: most effect calls at one time.'),
    tenants: z
      .array(checked(tenantRangeFault))
      .prefault([])
      .describe(
        'Worker: tenants it takes commands of: ranges such as `a..n` (from `a`, up to but without `n`), or names; `_` is the empty tenant. Empty: all that its key allows.',
      ),
    effects: z
      .array(checked(effectFilterFault))
      .prefault([])
      .describe(
        'Worker: effects it makes calls of, by name or beginning (`payment.*`). Empty: all of its group.',
      ),
  })
  .prefault({});
