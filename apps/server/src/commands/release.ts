/** `holdfast release build|register|list|show`; what makes a release active is in `activation.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { canonicalJson, HoldfastError } from '@holdfast/core';
import type { Activation, ReleaseManifest, ReleaseResource } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonBlock, shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime } from '../cli/time-text.ts';
import { formatBytes } from '../config/units.ts';
import { buildProject, bundleFrom } from './build-project.ts';

export async function buildToFile(
  context: CliContext,
  { out: target }: { readonly out?: string },
  operands: readonly string[],
): Promise<number> {
  const dir = operands[0] ?? '.';
  const { bundle, digest, manifest } = await buildProject(context, dir);
  const { out, around } = context;
  const file = resolve(around.cwd, target ?? join(dir, 'dist', 'release.json'));
  const text = `${canonicalJson(bundle)}\n`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (out.json) {
    out.document({
      digest,
      app: manifest.app,
      file,
      bytes: Buffer.byteLength(text),
      files: Object.keys(bundle.files),
    });
    return 0;
  }
  out.line(`${out.paint.good('built')}  ${out.paint.bold(manifest.app)} ${shortDigest(digest)}`);
  out.facts([
    ...contentFacts(manifest),
    [
      'bundle',
      `${relative(around.cwd, file)}  ${out.paint.dim(formatBytes(Buffer.byteLength(text)))}`,
    ],
  ]);
  return 0;
}

export function contentFacts({
  sagas,
  effects,
  sources,
}: ReleaseManifest): readonly (readonly [string, string])[] {
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'none' : names.join(', ');
  return [
    ['sagas', list(sagas.map(({ name }) => name))],
    ['effects', list(effects.map(({ name }) => name))],
    ...(sources.length === 0 ? [] : [['sources', list(sources.map(({ mqtt }) => mqtt))] as const]),
  ];
}

export async function register(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const bundle = await bundleFrom(context, operand(operands, 0));
  const registered = await ask(context, 'Registering', (client) =>
    client.releases.register(bundle),
  );
  const { out } = context;
  if (out.json) {
    out.document(registered);
    return 0;
  }
  const { app, digest, isNew } = registered;
  out.line(
    `${isNew ? out.paint.good('registered') : out.paint.warn('registered before')}  ${out.paint.bold(app)} ${shortDigest(digest)}`,
  );
  out.note(out.paintError.dim(`run it: holdfast release activate ${shortDigest(digest)}`));
  return 0;
}

export async function listReleases(
  context: CliContext,
  { limit }: { readonly limit?: number },
): Promise<number> {
  const all = await ask(context, 'Reading releases', (client) => client.releases.list());
  const { paint } = context.out;
  const columns: readonly Column<ReleaseResource>[] = [
    { title: 'APP', value: ({ app }) => app, paint: paint.name },
    { title: 'RELEASE', value: ({ digest }) => shortDigest(digest) },
    { title: '', value: ({ active }) => (active ? 'active' : ''), paint: paint.good },
    {
      title: 'REGISTERED',
      value: ({ registeredAt }) => localTime(registeredAt),
      paint: paint.dim,
      spare: true,
    },
    {
      title: 'ACTIVATED',
      value: ({ activatedAt }) => (activatedAt === null ? null : localTime(activatedAt)),
      paint: paint.dim,
    },
    {
      title: 'BY',
      value: ({ activatedBy, registeredBy }) => activatedBy ?? registeredBy,
      spare: true,
    },
    { title: 'IN FLIGHT', value: ({ inFlight }) => inFlight, align: 'right' },
    { title: 'SAGAS', value: ({ sagas }) => sagas.join(', '), flexible: true, spare: true },
    { title: 'EFFECTS', value: ({ effects }) => effects.join(', '), flexible: true, spare: true },
  ];
  return printPage(
    context.out,
    { items: all.slice(0, limit), next: null },
    columns,
    'no releases; make one: holdfast deploy',
  );
}

export async function showRelease(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const written = operand(operands, 0);
  const release = await ask(context, 'Reading the release', async (client) =>
    client.releases.get((await findRelease(client, written)).digest),
  );
  const { out } = context;
  if (out.json) {
    out.document(release);
    return 0;
  }
  out.line(
    `${out.paint.bold(plainText(release.app))} ${shortDigest(release.digest)}${release.active ? `  ${out.paint.good('active')}` : ''}`,
  );
  out.facts([
    ['digest', release.digest],
    [
      'registered',
      `${localTime(release.registeredAt)}${release.registeredBy === null ? '' : ` by ${release.registeredBy}`}`,
    ],
    ['in flight', String(release.inFlight)],
  ]);
  if (release.activations.length > 0) out.table(release.activations, activationColumns);
  out.line(out.paint.dim('manifest'));
  out.line(jsonBlock(release.manifest, 2));
  return 0;
}

const activationColumns: readonly Column<Activation>[] = [
  { title: 'ACT', value: ({ act }) => act.replace('_', ' ') },
  { title: 'AT', value: ({ at }) => localTime(at) },
  { title: 'BY', value: ({ by }) => by },
  { title: 'BEFORE', value: ({ previous }) => (previous === null ? null : shortDigest(previous)) },
  { title: 'MOVED', value: ({ rehearsal }) => rehearsal?.moved ?? null, align: 'right' },
  { title: 'STAYED', value: ({ rehearsal }) => rehearsal?.stayed ?? null, align: 'right' },
  { title: 'REASON', value: ({ reason }) => reason, flexible: true },
];

/** The one release whose digest begins so. */
export async function findRelease(client: Client, written: string): Promise<ReleaseResource> {
  const found = (await client.releases.list()).filter(({ digest }) =>
    digest.startsWith(written.toLowerCase()),
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new HoldfastError(
    'release.unknown',
    only === undefined
      ? `no release ${written} is registered`
      : `${found.length} releases begin with ${written}`,
    {
      hint: only === undefined ? 'see: holdfast release list' : 'write more of its digits',
    },
  );
}
