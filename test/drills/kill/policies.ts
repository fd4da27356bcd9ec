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

/** The payment service's own record of its calls is what there is to ask. */
const CHECK = `
    inDoubt: 'check',
    check: async (_input, { config, idempotencyKey }) => {
      const text = await readFile(config.get('CALLS_FILE'), 'utf8');
      for (const line of text.split('\\n')) {
        if (!line.includes(idempotencyKey)) continue;
        const call = JSON.parse(line) as { status: number | null; answer: { chargeId: string } };
        if (call.status === 200) return Done(call.answer);
      }
      return NotDone;
    },`;

export function restaurantOfAllPolicies(): Project {
  const project = new Project('apps/restaurant');
  const file = 'src/effects.ts';
  project.replace(
    file,
    "import { effect } from '@holdfast/sdk';",
    "import { readFile } from 'node:fs/promises';\nimport { Done, effect, NotDone } from '@holdfast/sdk';",
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
  return project;
}
