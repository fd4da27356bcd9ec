import { expect, test } from 'vitest';
import { Output } from './output.ts';

const EVIL = '\u001b[2J\u009b31m\u202egone\u0007\r';
const SHOWN = String.raw`\u001b[2J\u009b31m\u202egone\u0007\u000d`;

function terminal(env: Readonly<Record<string, string>>, json = false) {
  const written = { out: '', error: '' };
  const stream = { isTTY: true, columns: 80, rows: 24 };
  const out = new Output({
    stdout: { ...stream, write: (text) => (written.out += text) },
    stderr: { ...stream, write: (text) => (written.error += text) },
    json,
    env,
  });
  return { out, written };
}

test('whatever a command forgot, nothing that moves or hides reaches the terminal', () => {
  const { out, written } = terminal({});
  out.line(`${out.paint.bad('bad')} ${EVIL}`);
  out.facts([['key', `${EVIL}\nforged`]]);
  out.table([{ key: EVIL }], [{ title: 'KEY', value: ({ key }) => key }]);
  expect(written.out).toBe(
    `\u001b[31mbad\u001b[39m ${SHOWN}\n\u001b[2mkey\u001b[22m  ${SHOWN}\\nforged\n\u001b[2mKEY\u001b[22m\n${SHOWN}\n`,
  );
  out.note(EVIL);
  out.error(EVIL);
  expect(written.error).toBe(`${SHOWN}\n${SHOWN}`);
});

test('where there are no colours of ours, none is let through', () => {
  const { out, written } = terminal({ NO_COLOR: '1' });
  out.line('\u001b[31mred\u001b[39m');
  expect(written.out).toBe(String.raw`\u001b[31mred\u001b[39m` + '\n');
});

test('only a line that is drawn over and over moves the cursor, and by our hand', () => {
  const { out, written } = terminal({ NO_COLOR: '1' });
  out.redraw(`working on ${EVIL}`);
  expect(written.error).toBe(`\r\u001b[2Kworking on ${SHOWN}`);
});

test('a document says the same, in characters that a terminal does not obey', () => {
  const { out, written } = terminal({}, true);
  out.document({ key: EVIL });
  out.documentLine([EVIL]);
  expect(written.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const [line = '', ...rest] = written.out.trimEnd().split('\n').toReversed();
  expect(JSON.parse(line)).toEqual([EVIL]);
  expect(JSON.parse(rest.toReversed().join('\n'))).toEqual({ key: EVIL });
});
