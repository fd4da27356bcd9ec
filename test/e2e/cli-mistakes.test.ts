/** Common mistakes on the command line: each says what is wrong and what to do next, with the name that was meant. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runToEnd } from '../support/child.ts';
import { CLI } from '../support/checkout.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { order } from '../support/orders.ts';

let server: HoldfastServer;
let viewer: string;
beforeAll(async () => {
  server = await HoldfastServer.start();
  await server.api.publish({ type: 'order.placed', data: order({ orderId: 'A-1' }) });
  await server.api.waitForStatus('order', 'A-1', 'waiting');
  await server.cliJson('waits', 'complete', 'order', 'A-1', 'kitchen.ready');
  await server.api.waitForStatus('order', 'A-1', 'completed');
  const made = await server.cliJson('keys', 'create', 'viewer', '--scope', 'view');
  viewer = z.object({ secret: z.string() }).parse(made).secret;
});
afterAll(() => server[Symbol.asyncDispose]());

/** Words of a line, its exit code, and the next step it must name. */
const MISTAKES: readonly (readonly [string, number, string])[] = [
  // A name that is not there: the one that was meant.
  ['sagas show ordr A-1', 1, 'did you mean order? holdfast sagas show order A-1'],
  ['sagas show order A1', 1, 'did you mean A-1? holdfast sagas show order A-1'],
  ['sagas cancel order zzzzzz', 1, 'find it: holdfast sagas list --saga order'],
  ['sagas restart order A-2 --reason x', 1, 'did you mean A-1? holdfast sagas restart order A-1'],
  ['sagas show parcels 7', 1, 'sagas: order'],
  [
    'waits complete order A1 kitchen.ready',
    1,
    'did you mean A-1? holdfast waits complete order A-1',
  ],
  ['waits fail ordr A-1 kitchen.ready', 1, 'did you mean order? holdfast waits fail order A-1'],
  ['reprocess ordr --all --dry-run', 1, 'did you mean order? holdfast reprocess order'],
  [
    'release rollback restaurnt',
    1,
    'did you mean restaurant? holdfast release rollback restaurant',
  ],
  ['release show ffff', 1, 'see: holdfast release list'],
  ['secrets remove NOPE', 1, 'there are no secrets'],
  ['keys revoke nope', 1, 'find it: holdfast keys list'],
  ['quarantine show 99', 1, 'find it: holdfast quarantine list --state all'],
  ['effects show deadbeef', 1, 'find it: holdfast effects list'],
  ['events show 99999', 1, 'the journal ends at seq'],
  ['sagas show order A-1 --at 99', 1, 'it is at version 5 of run 1'],
  ['sagas show order A-1 --run 9', 1, 'it is at version 5 of run 1'],
  // Not possible as it stands.
  ['sagas redrive order A-1', 1, 'a new run of it: holdfast sagas restart order A-1 --dry-run'],
  ['sagas cancel order A-1', 1, 'a new run of it: holdfast sagas restart order A-1 --dry-run'],
  // The line itself.
  ['sgas list', 2, 'did you mean sagas?'],
  ['sagas lst', 2, 'did you mean list?'],
  ['sagas list --staus blocked', 2, 'did you mean --status?'],
  ['sagas list --status blokked', 2, 'did you mean blocked?'],
  ['completion zhs', 2, 'did you mean zsh?'],
  [
    'waits complete --token abc --reason told',
    2,
    'name the wait by saga, key and name to give one',
  ],
  ['sagas show order', 2, 'write: holdfast sagas show [options] <saga> <key>'],
  ['effects resolve deadbeef --failed', 2, 'see: holdfast effects resolve --help'],
  ['quarantine discard 1', 2, 'see: holdfast quarantine discard --help'],
  ['events publish order.placed {}', 2, 'nothing was recorded'],
  ['events list --from yesterday', 2, '15m for a quarter of an hour ago'],
  ['release build /nowhere', 78, 'holdfast init'],
  // Who asks, and for whom.
  ['audit list --key wrong', 77, 'check --key, HOLDFAST_KEY'],
  ['sagas list --tenant a/b', 2, 'write --tenant with a name'],
  ['status --url http://127.0.0.1:9', 77, 'name a key for it'],
  ['status --data-dir /nowhere/holdfast', 69, 'holdfast serve --data-dir /nowhere/holdfast'],
];

describe('each mistake has a next step', () => {
  test.each(MISTAKES)('%s', async (line, code, next) => {
    const words = line.split(' ');
    // A line's own comes last and wins.
    const args = [CLI, ...words.slice(0, 1), '--data-dir', server.dataDir, ...words.slice(1)];
    const ended = await runToEnd(process.execPath, args);
    expect(ended).toMatchObject({ code, stdout: '' });
    const [first = '', ...rest] = ended.stderr.trimEnd().split('\n');
    expect(first).toMatch(/^error: /);
    expect(rest.at(-1)).toMatch(/^ {2}next: {2}/);
    expect(rest.at(-1)).toContain(next);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  test('a key that may not do it is told which scope that needs', async () => {
    const ended = await runToEnd(process.execPath, [
      CLI,
      'sagas',
      'cancel',
      'order',
      'A-1',
      '--data-dir',
      server.dataDir,
      '--key',
      viewer,
    ]);
    expect(ended.code).toBe(77);
    expect(ended.stderr).toMatch(/scope "operate"[^]*next:/);
    expect(ended.stderr).not.toContain(viewer);
  });

  test('as a document too', async () => {
    const { stderr } = await server.cli('sagas', 'show', 'ordr', 'A-1', '--json');
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'not_found', hint: expect.stringContaining('did you mean order?') as string },
    });
  });

  test('an empty list says when no saga has the name that was asked for', async () => {
    expect(await server.cli('sagas', 'list', '--saga', 'ordr')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('did you mean order?') as string,
    });
    expect(await server.cli('waits', 'list', '--saga', 'order', '--state', 'open')).toMatchObject({
      code: 0,
      stderr: 'no waits\n',
    });
  });
});
