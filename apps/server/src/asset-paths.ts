/**
 * Files that ship beside the code. The same relative paths hold from `src/` and from the bundle in `dist/`.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';

/** Folder of project templates, one folder each. */
export const TEMPLATES_DIR = fileURLToPath(new URL('../templates/', import.meta.url));

/** Folder with the packed SDK that `init` puts into projects; made by the build. */
export const PACKED_SDK_DIR = fileURLToPath(new URL('../dist/sdk/', import.meta.url));

/** Folder with the console's files; made by the build. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../dist/console', import.meta.url));
