/**
 * A throw-away copy of the sources with the project's own lint configuration, in which a test may
 * plant a fault without touching the tree that others work in.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './checkout.ts';

const Report = z.object({
  number_of_files: z.number(),
  diagnostics: z.array(
    z.object({
      code: z.string().default(''),
      filename: z.string(),
      severity: z.string(),
      message: z.string(),
    }),
  ),
});

export interface Finding {
  /** As the linter writes it, e.g. `eslint(no-restricted-imports)`. */
  readonly code: string;
  readonly file: string;
  readonly message: string;
}

export interface LintResult {
  readonly exitCode: number | null;
  readonly files: number;
  readonly findings: readonly Finding[];
}

const COPIED_FOLDERS = ['packages', 'apps'];
const COPIED_FILES = ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json', 'package.json'];
const LEFT_OUT = new Set(['node_modules', 'dist', '.holdfast', 'coverage']);
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');

export class LintSandbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-lint-'));

  constructor() {
    for (const name of COPIED_FILES) cpSync(join(ROOT, name), join(this.#folder, name));
    for (const name of COPIED_FOLDERS) {
      cpSync(join(ROOT, name), join(this.#folder, name), {
        recursive: true,
        filter: (source) => !LEFT_OUT.has(basename(source)),
      });
    }
    this.#linkModules();
  }

  /** Modules resolve as in the real tree, except that workspaces lead to the copies. */
  #linkModules(): void {
    const modules = join(this.#folder, 'node_modules');
    mkdirSync(join(modules, '@holdfast'), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name !== '@holdfast') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    for (const group of COPIED_FOLDERS) {
      for (const name of readdirSync(join(this.#folder, group))) {
        symlinkSync(join(this.#folder, group, name), join(modules, '@holdfast', name));
        const own = join(ROOT, group, name, 'node_modules');
        if (existsSync(own)) symlinkSync(own, join(this.#folder, group, name, 'node_modules'));
      }
    }
  }

  /** Writes files (path from the root, text), lints `paths`, and takes the files away again. */
  lintWith(
    planted: Readonly<Record<string, string>>,
    paths: readonly string[] = Object.keys(planted),
  ): LintResult {
    const written = Object.entries(planted).map(([path, text]) => {
      const file = join(this.#folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      return file;
    });
    try {
      return this.#lint(paths);
    } finally {
      for (const file of written) rmSync(file);
    }
  }

  #lint(paths: readonly string[]): LintResult {
    const run = spawnSync(process.execPath, [OXLINT, '--quiet', '--format=json', ...paths], {
      cwd: this.#folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (!run.stdout.startsWith('{'))
      throw new Error(`oxlint gave no report: ${run.stdout}${run.stderr}`);
    const report = Report.parse(JSON.parse(run.stdout));
    return {
      exitCode: run.status,
      files: report.number_of_files,
      findings: report.diagnostics.map((d) => ({
        code: d.code,
        file: d.filename,
        message: d.message,
      })),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
