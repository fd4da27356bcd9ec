/** `holdfast help --man`. */
import { spawnSync } from 'node:child_process';
import type { CliContext } from '../cli/context.ts';
import { manPage } from '../reference/man-page.ts';

/** On a terminal the page as `man` shows it; where there is no `man`, or in a pipe, its source. */
export async function man({ out }: Pick<CliContext, 'out'>): Promise<number> {
  const page = manPage();
  if (out.redraws) {
    // man-db reads a page from its standard input as the file "-".
    const shown = spawnSync('man', ['-l', '-'], {
      input: page,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    if (shown.error === undefined && shown.status === 0) return 0;
  }
  if (out.json) out.document({ page });
  else out.raw(page);
  return Promise.resolve(0);
}
