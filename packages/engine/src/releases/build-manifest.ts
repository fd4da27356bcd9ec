/**
 * Makes a release's manifest of what the code defines and what `holdfast.release.yaml` says, checking that every
 * reference resolves.
 *
 * @module
 */
import {
  type EffectOptions,
  type EffectSettings,
  type Fault,
  findReferences,
  type Json,
  parseTemplate,
  type ProviderSettings,
  type ReleaseDescription,
  type ReleaseManifest,
  releaseManifestSchema,
  resolveEffect,
} from '@holdfast/core';
import type { ReadReleaseFile } from './build-file.ts';
import { keyPathOf } from './build-key-path.ts';
import { cronTriggers } from './build-schedules.ts';
import { nearest } from './build-nearest.ts';

/** Path in the bundle of a saga's script. */
export function scriptPath(saga: string): string {
  return `sagas/${saga}.js`;
}

/** The manifest and all that is wrong with it; the manifest is good for use only when nothing is. */
export function makeManifest(
  entry: string,
  description: ReleaseDescription,
  read: ReadReleaseFile,
): { readonly manifest: ReleaseManifest | null; readonly faults: readonly Fault[] } {
  const { file, at } = read;
  const faults: Fault[] = description.faults.map((message) => ({ at: entry, message }));
  checkNames(description, read, faults);
  checkSagas(entry, description, faults);
  const effects = description.effects.flatMap((effect) => {
    const settings = settingsOf(effect, read, entry, faults);
    return settings === null ? [] : [settings];
  });
  const upstreams = [...new Set(effects.flatMap(({ upstream }) => upstream?.name ?? []))];
  for (const name of Object.keys(file.upstreams ?? {})) {
    if (upstreams.includes(name)) continue;
    faults.push({
      at: at(['upstreams', name]),
      message: `no effect has the upstream ${name}${nearest(name, upstreams)}`,
    });
  }
  const gateways = effects.flatMap(({ provider }) =>
    provider.kind === 'gateway' ? [provider.gateway] : [],
  );
  for (const name of Object.keys(file.gateways ?? {})) {
    if (gateways.includes(name)) continue;
    faults.push({
      at: at(['gateways', name]),
      message: `no command goes to the gateway ${name}${nearest(name, gateways)}`,
    });
  }
  const config = Object.fromEntries(
    Object.entries(file.config ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const secrets = new Set([
    ...(file.secrets ?? []),
    ...description.effects.flatMap((effect) => effect.secrets),
  ]);
  for (const { name, provider } of effects) {
    for (const { scheme, name: referred } of textsOf(provider).flatMap(findReferences)) {
      if (scheme === 'secret') secrets.add(referred);
      else if (!Object.hasOwn(config, referred)) {
        faults.push({
          at: at(['effects', name, 'provider']),
          message: `effect ${name} refers to config://${referred}, which config: does not have${nearest(referred, Object.keys(config))}`,
        });
      }
    }
  }
  const schedules = cronTriggers(description, read, faults);
  const candidate = {
    format: 1,
    app: file.app,
    sdk: description.sdk,
    sagas: description.sagas.map((saga) => ({
      ...saga,
      ...file.sagas?.[saga.name],
      script: scriptPath(saga.name),
      keyPath: (saga.keySource === undefined ? null : keyPathOf(saga.keySource)) ?? undefined,
    })),
    effects,
    events: description.events,
    waits: description.waits,
    sources: file.sources ?? [],
    ...(file.schedules === undefined ? {} : { schedules }),
    config,
    secrets: [...secrets].toSorted(),
  };
  if (faults.length > 0) return { manifest: null, faults };
  const checked = releaseManifestSchema.safeParse(candidate);
  if (checked.success) return { manifest: checked.data, faults };
  const more = checked.error.issues.map(({ path, message }) => ({
    at: at(path),
    message: `${path.map(String).join('.')}: ${message}`,
  }));
  return { manifest: null, faults: more };
}

/** Names in the file must be names in the code. */
function checkNames(
  { effects, sagas, events }: ReleaseDescription,
  { file, at }: ReadReleaseFile,
  faults: Fault[],
): void {
  const check = (
    what: string,
    path: readonly PropertyKey[],
    name: string,
    known: string[],
  ): void => {
    if (known.includes(name)) return;
    faults.push({
      at: at(path),
      message: `the code defines no ${what} ${name}${nearest(name, known)}`,
    });
  };
  const effectNames = effects.map(({ name }) => name);
  const sagaNames = sagas.map(({ name }) => name);
  const types = events.map(({ type }) => type);
  for (const name of Object.keys(file.effects ?? {}))
    check('effect', ['effects', name], name, effectNames);
  for (const name of Object.keys(file.sagas ?? {})) check('saga', ['sagas', name], name, sagaNames);
  for (const [i, source] of (file.sources ?? []).entries()) {
    check('event', ['sources', i, 'type'], source.type, types);
    checkTopic(source, (key, message) => faults.push({ at: at(['sources', i, key]), message }));
  }
}

/** MQTT 3.1.1 §4.7: `#` stands alone at the end, `+` alone in a level. */
function checkTopic(
  source: { readonly [key in 'mqtt' | 'id' | 'correlation' | 'subject']?: string | undefined },
  fault: (key: string, message: string) => void,
): void {
  const levels = (source.mqtt ?? '').split('/');
  const wrong = levels.findIndex(
    (level, i) =>
      (level.includes('#') && (level !== '#' || i < levels.length - 1)) ||
      (level.includes('+') && level !== '+'),
  );
  if (wrong >= 0)
    fault('mqtt', `"${levels[wrong]}" cannot stand at level ${wrong + 1} of a topic filter`);
  for (const key of ['id', 'correlation', 'subject'] as const) {
    const level = /^\{(\d+)\}$/.exec(source[key] ?? '')?.[1];
    if (level !== undefined && Number(level) > levels.length && levels.at(-1) !== '#') {
      fault(key, `the topic filter has no level ${level}`);
    }
  }
}

function checkSagas(entry: string, { sagas, events }: ReleaseDescription, faults: Fault[]): void {
  if (sagas.length === 0) faults.push({ at: entry, message: 'defines no saga' });
  const types = new Set(events.map(({ type }) => type));
  for (const { name, exportName, on } of sagas) {
    if (exportName === null) {
      faults.push({
        at: entry,
        message: `does not export saga ${name}: export it, so that it can be built`,
      });
    }
    for (const type of on) {
      if (!types.has(type))
        faults.push({
          at: entry,
          message: `saga ${name} is on ${type}, which is no defined event`,
        });
    }
  }
}

function settingsOf(
  { name, options, hasFunction, hasCheck, input, output }: ReleaseDescription['effects'][number],
  { file, at }: ReadReleaseFile,
  entry: string,
  faults: Fault[],
): EffectSettings | null {
  const set: EffectOptions = file.effects?.[name] ?? {};
  const merged: EffectOptions = {
    ...options,
    ...set,
    ...(options.retry === undefined && set.retry === undefined
      ? {}
      : { retry: { ...options.retry, ...set.retry } }),
  };
  const resolved = resolveEffect(
    {
      name,
      hasFunction,
      hasCheck,
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
    },
    // Without a function a provider must be named, in one place or the other.
    merged,
    file,
  );
  if (!resolved.ok) {
    for (const fault of resolved.faults) {
      const [option = ''] = fault.at.split('.');
      const inFile = Object.hasOwn(set, option);
      faults.push({
        at: inFile ? at(['effects', name, ...fault.at.split('.')]) : entry,
        message: `effect ${name}: ${fault.at}: ${fault.message}`,
      });
    }
    return null;
  }
  const { input: fields, key } = resolved.settings;
  const check = (option: 'provider' | 'key', texts: readonly string[]): void => {
    const place = set[option] === undefined ? entry : at(['effects', name, option]);
    for (const message of fieldFaults(texts, fields)) {
      faults.push({ at: place, message: `effect ${name}: ${message}` });
    }
  };
  check('provider', textsOf(resolved.settings.provider));
  check('key', key === undefined ? [] : [key]);
  return resolved.settings;
}

/** Holes of templates that the effect's input can never fill. */
function fieldFaults(texts: readonly string[], input: EffectSettings['input']): string[] {
  const properties = input?.['properties'];
  const found: string[] = [];
  for (const text of texts) {
    try {
      for (const part of parseTemplate(text)) {
        if (part.kind !== 'field' || typeof properties !== 'object' || properties === null)
          continue;
        const [field = ''] = part.path;
        if (!Object.hasOwn(properties, field)) {
          found.push(
            `${part.source} is no field of its input${nearest(field, Object.keys(properties))}`,
          );
        }
      }
    } catch (error) {
      found.push(error instanceof Error ? error.message : String(error));
    }
  }
  return found;
}

/** Every text of a provider's settings that may hold templates and references. */
function textsOf(provider: ProviderSettings): string[] {
  switch (provider.kind) {
    case 'function':
    case 'echo':
      return [];
    case 'http':
      return [
        provider.url,
        ...Object.values(provider.headers),
        ...(provider.check === undefined ? [] : [provider.check.url]),
        ...textsIn(provider.body ?? null),
      ];
    case 'gateway':
      return [provider.url, ...Object.values(provider.headers)];
    case 'mqtt':
      return [provider.topic];
    case 'smtp':
      return textsIn(provider);
  }
}

function textsIn(json: unknown): string[] {
  if (typeof json === 'string') return [json];
  if (Array.isArray(json)) return json.flatMap(textsIn);
  if (typeof json === 'object' && json !== null)
    return Object.values(json as Record<string, Json>).flatMap(textsIn);
  return [];
}
