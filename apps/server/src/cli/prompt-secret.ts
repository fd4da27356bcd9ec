import { text } from 'node:stream/consumers';
import type { CliContext } from './context.ts';
import { UsageError } from './usage-error.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u007f', '\b'];

/**
 * A value nobody should see: asked for without echo on a terminal, else all of standard input without its last line end.
 *
 * @throws UsageError when it is empty or the person gives up.
 */
export async function promptSecret(context: CliContext, question: string): Promise<string> {
  const { stdin } = context;
  const value =
    stdin.isTTY === true
      ? await typed(context, question)
      : (await text(stdin)).replace(/\r?\n$/, '');
  if (value === '')
    throw new UsageError(
      'the value is empty',
      'type it when asked, or pipe it: printf %s "$VALUE" | holdfast secrets set NAME',
    );
  return value;
}

function typed({ stdin, out }: CliContext, question: string): Promise<string> {
  out.error(`${question}: `);
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve, reject) => {
    let value = '';
    const end = (): void => {
      stdin.off('data', take);
      stdin.setRawMode?.(false);
      stdin.pause();
      out.error('\n');
    };
    const take = (chunk: string | Buffer): void => {
      for (const char of chunk.toString()) {
        if (char === CTRL_C) {
          end();
          reject(new UsageError('given up; nothing was stored'));
          return;
        }
        if (char === '\r' || char === '\n' || char === CTRL_D) {
          end();
          resolve(value);
          return;
        }
        value = BACKSPACES.includes(char) ? Array.from(value).slice(0, -1).join('') : value + char;
      }
    };
    stdin.on('data', take);
  });
}
