/** Completion as bash, zsh and fish do it, with the scripts that `holdfast completion` prints, against a real server. */
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { order } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { missingTools } from '../support/tools.ts';

let server: HoldfastServer;
let folder: TempFolder;
/** A key that a shell would cut at its colon, and one that it must quote. */
const KEYS = ['t1:north', 'two words', 'plain'] as const;

beforeAll(async () => {
  server = await HoldfastServer.start();
  folder = new TempFolder('completion');
  const bin = folder.at('holdfast');
  writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(bin, 0o755);
  for (const orderId of KEYS) {
    await server.api.publish({ type: 'order.placed', data: order({ orderId }) });
    await server.api.waitForStatus('order', orderId, 'waiting');
  }
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { stdout, code } = await server.cli('completion', shell);
    expect(code).toBe(0);
    writeFileSync(folder.at(`script.${shell}`), stdout);
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** What a shell says of a line, with `holdfast` on its path and our server the one it means. */
async function said(
  shell: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = `${folder.at('.')}:${process.env['PATH'] ?? ''}`;
  const ended = await runToEnd(shell, args, {
    env: { PATH: path, HOLDFAST_DATA_DIR: server.dataDir, HOME: folder.at('.'), ...env },
  });
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
  return ended.stdout;
}

describe('bash', () => {
  /** The function that bash calls, called as bash calls it: `$2` is the word as readline cuts it. */
  const offered = async (line: string, env = {}): Promise<readonly string[]> => {
    const cur = /[^\s:=]*$/.exec(line)?.[0] ?? '';
    const script = `source '${folder.at('script.bash')}'
      complete -p holdfast >/dev/null || exit 9
      COMP_LINE=$1 COMP_POINT=\${#1}
      _holdfast holdfast "$2" ''
      for one in "\${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done`;
    const out = await said('bash', ['--norc', '-c', script, 'bash', line, cur], env);
    return out.split('\n').filter((one) => one !== '');
  };

  test('offers verbs, options, their values, and names of the running server', async (context) => {
    const missing = missingTools('bash');
    if (missing !== null) return context.skip(missing);
    expect(await offered('holdfast sag')).toEqual(['sagas']);
    expect(await offered('holdfast sagas ')).toEqual([
      'list',
      'show',
      'fields',
      'cancel',
      'redrive',
      'restart',
    ]);
    expect(await offered('holdfast sagas list --st')).toEqual(['--status']);
    expect(await offered('holdfast sagas list --status b')).toEqual(['blocked']);
    expect(await offered('holdfast sagas list --status=b')).toEqual(['blocked']);
    expect(await offered('holdfast keys create x --scope view,op')).toEqual(['view,operate']);
    expect(await offered('holdfast sagas show ')).toEqual(['order']);
    expect(await offered('holdfast sagas show order pl')).toEqual(['plain']);
    expect(await offered('holdfast waits complete order plain ')).toEqual(['kitchen.ready']);
    expect(await offered('holdfast release rollback ')).toEqual(['restaurant']);
    expect(await offered('holdfast events publish ')).toEqual(['order.placed']);
    expect(await offered('holdfast sagas redrive order ')).toEqual([]);
    expect(await offered('holdfast sagas show order plain --url http')).toEqual([]);
  });

  test('a key that a shell would cut or split comes whole', async (context) => {
    const missing = missingTools('bash');
    if (missing !== null) return context.skip(missing);
    // What stands before the colon is there already.
    expect(await offered('holdfast sagas show order t1:n')).toEqual(['north']);
    expect(await offered('holdfast sagas show order tw')).toEqual(['two\\ words']);
  });

  test('is silent without a server, or with a key that is refused', async (context) => {
    const missing = missingTools('bash');
    if (missing !== null) return context.skip(missing);
    const nowhere = { HOLDFAST_DATA_DIR: folder.at('nowhere') };
    expect(await offered('holdfast sagas show ', nowhere)).toEqual([]);
    expect(await offered('holdfast sagas sh', nowhere)).toEqual(['show']);
    expect(await offered('holdfast sagas show --key wrong ')).toEqual([]);
  });
});

describe('fish', () => {
  const offered = async (line: string): Promise<readonly string[]> => {
    const script = `source '${folder.at('script.fish')}'; complete -C $argv[1]`;
    const out = await said('fish', ['--no-config', '-c', script, line]);
    return out.split('\n').filter((one) => one !== '');
  };

  test('offers the same, each with what it is', async (context) => {
    const missing = missingTools('fish');
    if (missing !== null) return context.skip(missing);
    expect(await offered('holdfast sagas sh')).toEqual([
      expect.stringMatching(/^show\tone instance: what it is/) as string,
    ]);
    expect(await offered('holdfast sagas list --status=b')).toEqual(['--status=blocked']);
    expect(await offered('holdfast sagas show order t')).toEqual(
      expect.arrayContaining(['t1:north\twaiting', 'two words\twaiting']),
    );
    expect(await offered('holdfast waits complete order plain ')).toEqual([
      expect.stringMatching(/^kitchen\.ready\t/) as string,
    ]);
  });
});

describe('zsh', () => {
  /** An interactive zsh in a terminal of its own; answers what stands on its line after the tab. */
  const completed = async (line: string, expected: string): Promise<string> => {
    const script = `zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "PS1=; autoload -U compinit; compinit -D -u; source '${folder.at('script.zsh')}'; print RE''ADY"
      zpty -r z before '*READY*'
      zpty -n -w z "$1"$'\\t'
      zpty -r z after "*$2*"
      print -r -- "$after"
      zpty -d z`;
    return said('zsh', ['-f', '-c', script, 'zsh', line, expected]);
  };

  test('completes verbs, values and names of the running server', async (context) => {
    const missing = missingTools('zsh');
    if (missing !== null) return context.skip(missing);
    expect(await completed('holdfast sagas sh', 'show')).toContain('show');
    expect(await completed('holdfast sagas list --status bl', 'blocked')).toContain('blocked');
    expect(await completed('holdfast sagas show order pl', 'plain')).toContain('plain');
    expect(await completed('holdfast sagas show order t1', 'north')).toContain('north');
    expect(await completed('holdfast sagas show order tw', 'words')).toMatch(/two\\ words/);
  });
});

describe('what a script is answered', () => {
  const answered = async (words: readonly string[], env = {}): Promise<readonly string[]> => {
    const args = [CLI, '__complete', 'powershell', '--', ...words];
    const ended = await runToEnd(process.execPath, args, {
      env: { HOLDFAST_DATA_DIR: server.dataDir, ...env },
    });
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    return ended.stdout.trimEnd().split('\n');
  };

  test('as PowerShell asks: the kind first, then each word with what it is', async () => {
    expect(await answered(['sagas', '=sh'])).toEqual([
      ':values',
      expect.stringMatching(/^show\tone instance/) as string,
    ]);
    expect(await answered(['deploy', '='])).toEqual([':dirs']);
    expect(await answered(['sagas', 'show', 'order', '=pl'])).toEqual([
      ':values',
      'plain\twaiting',
    ]);
  });

  test('a server that takes the question and never answers is not waited for', async () => {
    await using silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = z.object({ port: z.number() }).parse(silent.address());
    const asked = once(silent, 'request');
    const url = `http://127.0.0.1:${port}`;
    // Without a limit this would wait for minutes, and the test with it.
    expect(await answered(['--url', url, '--key', 'k', 'sagas', 'show', 'order', '='])).toEqual([
      ':values',
    ]);
    await asked;
    silent.closeAllConnections();
  });

  test('groups that need a person, those that the act fits, and what is in them', async () => {
    using project = new Project('test/e2e/operator');
    await project.deploy(server);
    await server.api.publish({ type: 'job.asked', data: { id: 'held-1', how: 'silent' } });
    await server.api.waitForStatus('job', 'held-1', 'blocked');
    const [, group = ''] = await answered(['attention', 'show', '=']);
    expect(group).toMatch(/^[0-9a-f]{8}\t1 doubtful: press may or may not/);
    expect(await answered(['attention', 'discard', '='])).toEqual([':values']);
    const name = group.slice(0, 8);
    expect(await answered(['attention', 'cancel', name, '--only', '='])).toEqual([
      ':values',
      expect.stringMatching(/^held-1\t/) as string,
    ]);
    expect(await answered(['--tenant', '='])).toEqual([
      ':values',
      expect.stringMatching(/^_\t\d+ live$/) as string,
    ]);
  });
});
