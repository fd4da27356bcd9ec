/** `holdfast secrets set|list|remove`. A value never stands on a command line, where other users could read it. */
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import { promptSecret } from '../cli/prompt-secret.ts';
import { UsageError } from '../cli/usage-error.ts';

/** What `secret://NAME` may name; core's REFERENCE_PATTERN. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export async function setSecret(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const name = operand(operands, 0);
  // Said before a person types the value rather than after.
  if (!NAME.test(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} cannot name a secret`,
      'letters, digits and "_", no digit first',
    );
  }
  const value = await promptSecret(context, `Value of ${plainText(name)}`);
  await ask(context, 'Storing', (client) => client.secrets.set(name, value));
  const { out } = context;
  if (out.json) out.document({ name, stored: true });
  else out.line(`${out.paint.good('stored')}  secret://${plainText(name)}`);
  return 0;
}

export async function listSecrets(context: CliContext): Promise<number> {
  const names = await ask(context, 'Reading names', (client) => client.secrets.list());
  const page = { items: names.map((name) => ({ name })), next: null };
  return printPage(context.out, page, [{ title: 'NAME', value: ({ name }) => name }], 'no secrets');
}

export async function removeSecret(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const name = operand(operands, 0);
  await ask(context, 'Removing', (client) => client.secrets.remove(name));
  const { out } = context;
  if (out.json) out.document({ name, removed: true });
  else out.line(`${out.paint.good('removed')}  secret://${plainText(name)}`);
  return 0;
}
