/** Hands an address to the browser of whoever sits at this machine. */
import { spawn } from 'node:child_process';
import type { Surroundings } from '../config/data-dir.ts';

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** An opener that is still there after so long has a browser to show for it. */
const PATIENCE_MS = 5_000;

/** Which command opens an address here; null where there is no screen to show it on. */
export function openerOf(
  url: string,
  { platform, env }: Pick<Surroundings, 'platform' | 'env'>,
): Opener | null {
  if (platform === 'darwin') return { command: 'open', args: [url] };
  // Not by way of cmd.exe, to which "&" in an address means something.
  if (platform === 'win32')
    return { command: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', url] };
  const screen = ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'].some((name) => (env[name] ?? '') !== '');
  return screen ? { command: 'xdg-open', args: [url] } : null;
}

/** @returns null once it is opened; else why it was not */
export async function openInBrowser(url: string, around: Surroundings): Promise<string | null> {
  const opener = openerOf(url, around);
  if (opener === null) return 'there is no screen here';
  const { command, args } = opener;
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      stdio: 'ignore',
      detached: true,
      env: { ...around.env },
    });
    const patience = setTimeout(() => done(null), PATIENCE_MS);
    const done = (refusal: string | null): void => {
      clearTimeout(patience);
      child.unref();
      resolve(refusal);
    };
    child.once('error', () => done(`${command} cannot be run`));
    child.once('exit', (code) =>
      done(code === 0 ? null : `${command} found no browser (exit ${code})`),
    );
  });
}
