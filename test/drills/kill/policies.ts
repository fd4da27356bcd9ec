/**
 * The restaurant with an effect of each policy: what is reserved, released and refunded is called again in doubt
 * (`retry`), the payment service is asked whether it charged (`check`), and the courier is a person's concern (`hold`).
 */
import { Project } from '../../support/project.ts';

export type Policy = 'retry' | 'check' | 'hold';

export function policyOf(effect: string): Policy {
  if (effect === 'payment.charge') return 'check';
  return effect === 'courier.dispatch' ? 'hold' : 'retry';
}

/** The payment service's own record of its calls is what there is to ask. It only grows: each line is read once. */
const CHARGES = `
const charges = new Map<string, { chargeId: string }>();
let readUpTo = 0;
let unfinished = '';

function readCharges(path: string): typeof charges {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(65_536);
    for (let got = 0; (got = readSync(file, piece, 0, piece.length, readUpTo)) > 0; readUpTo += got) {
      const lines = (unfinished + piece.toString('latin1', 0, got)).split('\\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) {
        const { idempotencyKey, status, answer } = JSON.parse(line);
        if (status === 200) charges.set(idempotencyKey, answer);
      }
    }
  } finally {
    closeSync(file);
  }
  return charges;
}
`;

const CHECK = `
    inDoubt: 'check',
    check: (_input, { config, idempotencyKey }) => {
      const charge = readCharges(config.get('CALLS_FILE')).get(idempotencyKey);
      return charge === undefined ? NotDone : Done(charge);
    },`;

/** Each kill costs the calls that are out a try, and some are out at one kill after the other: tries must not run out. */
const PATIENCE = "retry: { attempts: 1000, backoff: '1s', max: '5s' }";

export function restaurantOfAllPolicies(): Project {
  const project = new Project('apps/restaurant');
  const file = 'src/effects.ts';
  project.replace(file, "retry: { attempts: 8, backoff: '1s', max: '1m' }", PATIENCE);
  project.replace(file, "retry: { attempts: 1000, backoff: '1s', max: '5m' }", PATIENCE);
  project.replace(
    file,
    "import { effect } from '@holdfast/sdk';",
    `import { closeSync, openSync, readSync } from 'node:fs';\nimport { Done, effect, NotDone } from '@holdfast/sdk';\n${CHARGES}`,
  );
  project.replace(
    file,
    'output: z.object({ chargeId }),\n    ...repeatable,',
    `output: z.object({ chargeId }),\n    ...repeatable,${CHECK}`,
  );
  project.replace(
    file,
    'output: z.object({ courier: z.string() }),\n    ...repeatable,',
    "output: z.object({ courier: z.string() }),\n    ...repeatable,\n    inDoubt: 'hold',",
  );
  // Longer than any drill: an order that waits is to be found waiting.
  project.replace('src/order.ts', "timeout: '15m'", "timeout: '24h'");
  project.replace('holdfast.release.yaml', 'config:\n', "config:\n  CALLS_FILE: ''\n");
  return project;
}
