/**
 * Files that ship beside the code. The same relative paths hold from `src/` and from the bundle in `dist/`.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of project templates, one folder each. */
export const TEMPLATES_DIR = fileURLToPath(new URL('../templates/', import.meta.url));

/** Folder with the packed SDK that `init` puts into projects; made by the build. */
export const PACKED_SDK_DIR = fileURLToPath(new URL('../dist/sdk/', import.meta.url));

/** Folder with the console's files; made by the build. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../dist/console', import.meta.url));

const CHECKOUT_SCRIPT = fileURLToPath(
  new URL(
    `../../../scripts/holdfast${process.platform === 'win32' ? '.cmd' : ''}`,
    import.meta.url,
  ),
);

/** How this `holdfast` is called, for commands to paste: a checkout has its script, which is on nobody's path. */
export const COMMAND = existsSync(CHECKOUT_SCRIPT) ? CHECKOUT_SCRIPT : 'holdfast';
