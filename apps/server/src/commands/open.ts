/** `holdfast open`: the console, signed in by a one-time link. */
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { openInBrowser } from '../cli/open-browser.ts';

interface OpenOptions {
  readonly print?: boolean;
}

export async function openConsole(context: CliContext, { print }: OpenOptions): Promise<number> {
  const { out, around } = context;
  const { url, expiresAt } = await ask(context, 'Making a link', (client) => client.session.link());
  const refusal = print === true ? null : await openInBrowser(url, around);
  const opened = print !== true && refusal === null;
  if (out.json) {
    out.document({ url, expiresAt, opened });
    return 0;
  }
  if (opened) {
    out.line(`${out.paint.good('opened')}  the console, in your browser`);
    out.note(out.paintError.dim('If it does not show: holdfast open --print'));
    return 0;
  }
  // The link alone on stdout, so that it can be handed on.
  out.line(url);
  if (refusal !== null) out.note(`${refusal}: open this yourself.`);
  out.note(
    out.paintError.dim('It works once, for five minutes. Whoever opens it first is signed in.'),
  );
  return 0;
}
