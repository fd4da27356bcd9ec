/**
 * bash, zsh and fish run their scripts in `test/e2e/completion.test.ts`. There is no PowerShell to run its own in: what is
 * held here is its form (strings and brackets closed, no name that nothing sets) and what it says to `__complete`.
 */
import { expect, test } from 'vitest';
import { completionScript } from './scripts.ts';

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** What PowerShell sets itself. */
const AUTOMATIC = ['_', 'null'];

interface Shape {
  readonly faults: readonly string[];
  /** Names of variables where they are set, and where they are used. */
  readonly set: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

/** Reads PowerShell as far as strings, comments, brackets and variables go (about_Quoting_Rules, about_Variables). */
function shapeOf(script: string): Shape {
  const faults: string[] = [];
  const open: string[] = [];
  const set = new Set<string>();
  const used = new Set<string>();
  const names = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/\$(\w+)/g)) used.add(name);
  };
  const PARTS =
    /#[^\n]*|'(?:[^']|'')*'|"(?:[^"`]|""|`[^])*"|[()[\]{}]|[@$](\w+)(\s*(?:=|,[^=\n]*=)(?!=))?|['"]/g;
  let params = 0;
  for (const [part, name, assigned] of script.matchAll(PARTS)) {
    if (part === "'" || part === '"') faults.push(`a string is not closed: ${part}`);
    else if (part.startsWith('"')) names(part);
    else if (part === '(' || part === '[' || part === '{') open.push(part);
    else if (CLOSES[part] !== undefined) {
      if (open.pop() !== CLOSES[part]) faults.push(`"${part}" closes nothing`);
    } else if (name !== undefined) {
      if (assigned === undefined) used.add(name);
      else for (const [, one = ''] of part.matchAll(/\$(\w+)/g)) set.add(one);
    }
  }
  for (const [, list = ''] of script.matchAll(/\bparam\(([^)]*)\)/g)) {
    params += 1;
    for (const [, one = ''] of list.matchAll(/\$(\w+)/g)) set.add(one);
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(' ')}`);
  if (params !== 1) faults.push(`${params} parameter lists`);
  return { faults, set, used };
}

const script = completionScript('powershell');

test('the script of PowerShell closes what it opens, and uses no name that nothing sets', () => {
  const { faults, set, used } = shapeOf(script);
  expect(faults).toEqual([]);
  expect(set).toContain('wordToComplete');
  expect([...used].filter((name) => !set.has(name) && !AUTOMATIC.includes(name))).toEqual([]);
});

test.each([
  ['a bracket left out', (text: string) => text.replace('    })', '    )')],
  ['a string left open', (text: string) => text.replace("':dirs'", "':dirs")],
  ['a name misspelt', (text: string) => text.replace('-split', '-split $tabb')],
])('%s would be found', (_, broken) => {
  const { faults, set, used } = shapeOf(broken(script));
  const unknown = [...used].filter((name) => !set.has(name) && !AUTOMATIC.includes(name));
  expect([...faults, ...unknown]).not.toEqual([]);
});

test('it asks as it is answered: words, a mark before the last, the kind on the first line', () => {
  expect(script).toContain(
    `& $program __complete powershell '--' @words "=$wordToComplete" 2>$null`,
  );
  expect(script).toContain(`$reply[0] -eq ':files' -or $reply[0] -eq ':dirs'`);
  expect(script).toContain('Register-ArgumentCompleter -Native -CommandName holdfast');
});
