/**
 * Settings as they are gathered, before they are checked: later layers win, and each value remembers where it is from.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import type { Fault } from '@holdfast/core';
import type { FileSetting } from './config-file.ts';
import { envPartOf, overlayConfig } from './config-value.ts';
import { nearest } from './nearest.ts';
import { SETTINGS } from './setting-catalogue.ts';
import type { Setting } from './setting-catalogue.ts';

/** Where a value is from. `at` is `file:line:column`, the variable, or the flag, as a person would look for it. */
export interface Origin {
  readonly kind: 'default' | 'file' | 'env' | 'flag';
  readonly at: string;
}

interface Layered {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that the CLI or a launcher uses and that are no settings of the server. */
const CLI_VARIABLES = [
  'HOLDFAST_URL',
  'HOLDFAST_KEY',
  'HOLDFAST_KEY_FILE',
  'HOLDFAST_TENANT',
  'HOLDFAST_CONFIG_FILE',
  'HOLDFAST_LIFELINE_FD',
];
const FREE_PREFIXES = ['HOLDFAST_SECRET_', 'HOLDFAST_CONFIG_'];

/** Text of the environment or a flag as the value it stands for; text that is no such value is left for the check to name. */
function coerce(setting: Setting, text: string): unknown {
  if (setting.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (setting.type === 'boolean' && /^(true|1|yes|on)$/i.test(text)) return true;
  if (setting.type === 'boolean' && /^(false|0|no|off)$/i.test(text)) return false;
  if (setting.type === 'list') return text.split(',').map((part) => part.trim());
  return text;
}

export class SettingLayers {
  readonly #values = new Map<string, Layered>();
  readonly #faults: Fault[] = [];

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  addFault(fault: Fault): void {
    this.#faults.push(fault);
  }

  addFile(settings: readonly FileSetting[]): void {
    for (const { path, value, at } of settings) this.#put(path, value, { kind: 'file', at });
  }

  /** An empty variable counts as not set. */
  addEnv(env: Env): void {
    for (const setting of SETTINGS) {
      if (setting.type === 'map') this.#addMap(setting, env);
      else if (setting.type !== 'groups') this.#addVariable(setting, env);
    }
  }

  #addVariable(setting: Setting, env: Env): void {
    const fileVariable = `${setting.env}_FILE`;
    const direct = env[setting.env] || undefined;
    const file = env[fileVariable] || undefined;
    if (direct !== undefined && file !== undefined) {
      this.addFault({
        at: fileVariable,
        message: `${setting.env} is set as well; unset one of the two`,
      });
      return;
    }
    if (direct !== undefined) this.#putText(setting, direct, setting.env);
    if (file === undefined) return;
    try {
      this.#putText(setting, readFileSync(file, 'utf8').trim(), fileVariable);
    } catch (error) {
      this.addFault({
        at: fileVariable,
        message: `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  #putText(setting: Setting, text: string, variable: string): void {
    this.#put(setting.name.split('.'), coerce(setting, text), { kind: 'env', at: variable });
  }

  #addMap(setting: Setting, env: Env): void {
    const before = new Map(
      [...this.#values.values()]
        .filter(({ path }) => path[0] === setting.name)
        .map(({ path, value }) => [path[1] ?? '', value]),
    );
    const texts = Object.fromEntries(
      [...before].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    for (const [name, value] of Object.entries(overlayConfig(texts, env))) {
      if (before.get(name) !== value)
        this.#put([setting.name, name], value, {
          kind: 'env',
          at: `HOLDFAST_CONFIG_${envPartOf(name)}`,
        });
    }
  }

  addFlag(setting: Setting, text: string, flag: string): void {
    this.#put(setting.name.split('.'), coerce(setting, text), { kind: 'flag', at: flag });
  }

  #put(path: readonly string[], value: unknown, origin: Origin): void {
    this.#values.set(path.join('\u0000'), { path, value, origin });
  }

  /** Value at a dotted name; undefined where no layer says anything. */
  get(name: string): unknown {
    return this.#values.get(name.replaceAll('.', '\u0000'))?.value;
  }

  originOf(path: readonly PropertyKey[]): Origin {
    for (let length = path.length; length > 0; length--) {
      const found = this.#values.get(path.slice(0, length).map(String).join('\u0000'));
      if (found !== undefined) return found.origin;
    }
    return { kind: 'default', at: 'default' };
  }

  /** All values as one nested object, as the schema wants it. */
  toInput(): Readonly<Record<string, unknown>> {
    const input: Record<string, unknown> = {};
    for (const { path, value } of this.#values.values()) {
      let group = input;
      for (const step of path.slice(0, -1)) {
        const inner = group[step];
        const next: Record<string, unknown> = isGroup(inner) ? inner : {};
        group[step] = next;
        group = next;
      }
      group[path.at(-1) ?? ''] = value;
    }
    return input;
  }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * Variables that look like ours and are not. Only warned about: orchestrators set some by themselves
 * (a service named `holdfast` gives every container `HOLDFAST_SERVICE_HOST`).
 */
export function unknownVariables(env: Env): readonly Fault[] {
  const known = [
    ...CLI_VARIABLES,
    ...SETTINGS.filter(({ type }) => type !== 'map' && type !== 'groups').flatMap(
      ({ env: name }) => [name, `${name}_FILE`],
    ),
  ];
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith('HOLDFAST_') &&
        !known.includes(name) &&
        !FREE_PREFIXES.some((prefix) => name.startsWith(prefix)),
    )
    .map((name) => {
      const meant = nearest(name, known);
      return {
        at: name,
        message:
          meant === null
            ? 'no setting has this name; ignored'
            : `no setting has this name; did you mean ${meant}? Ignored`,
      };
    });
}
