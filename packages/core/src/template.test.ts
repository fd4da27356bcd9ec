import { describe, expect, test } from 'vitest';
import {
  bodyFault,
  headerFault,
  mailAddressFault,
  parseTemplate,
  settingFault,
  urlTemplateFault,
} from './template.ts';

describe('parseTemplate', () => {
  test('splits text, fields, variables and references', () => {
    expect(
      parseTemplate('config://BASE/o/{orderId}/{items.0.sku}?k={$idempotencyKey}&t=secret://TOKEN'),
    ).toEqual([
      { kind: 'reference', reference: { scheme: 'config', name: 'BASE' }, source: 'config://BASE' },
      { kind: 'text', text: '/o/' },
      { kind: 'field', path: ['orderId'], source: '{orderId}' },
      { kind: 'text', text: '/' },
      { kind: 'field', path: ['items', '0', 'sku'], source: '{items.0.sku}' },
      { kind: 'text', text: '?k=' },
      { kind: 'variable', name: 'idempotencyKey', source: '{$idempotencyKey}' },
      { kind: 'text', text: '&t=' },
      {
        kind: 'reference',
        reference: { scheme: 'secret', name: 'TOKEN' },
        source: 'secret://TOKEN',
      },
    ]);
  });

  test('doubled braces are braces, and JSON in a text stands for itself', () => {
    expect(parseTemplate('{{orderId}}')).toEqual([{ kind: 'text', text: '{orderId}' }]);
    expect(parseTemplate('{"a":1} { } {}')).toEqual([{ kind: 'text', text: '{"a":1} { } {}' }]);
  });

  test('an unknown variable is named', () => {
    expect(() => parseTemplate('{$commandId}')).toThrow(/\{\$commandId\}/);
  });
});

describe('urlTemplateFault', () => {
  test.each([
    'http://127.0.0.1:8080/orders/{orderId}',
    'https://api.example.com?q={q}',
    'config://BASE',
    'config://BASE/orders/{orderId}',
    'config://BASE?q={q}',
    'https://config://HOST/orders/{orderId}',
    '{callback}',
    '{callback}?order={orderId}',
    'https://api.example.com/bot secret://TOKEN/send',
  ])('%s may be one', (url) => expect(urlTemplateFault(url)).toBeNull());

  test.each([
    ['https://{host}/x', /\{host\}.*after the host/],
    ['https://api.example.com{path}', /after the host/],
    ['https://config://HOST{path}', /after the host/],
    ['config://BASE{path}', /must follow/],
    ['config://BASE.example.com/', /must follow/],
    ['{url}.example.com', /must follow/],
    ['{$key}', /starts with/],
    ['ftp://host/x', /starts with/],
    ['https:///x', /no host/],
    ['https://host/{$nope}', /names nothing/],
  ])('%s is refused', (url, reason) => expect(urlTemplateFault(url)).toMatch(reason));
});

test('a header is refused for its name, for being ours, and for its template', () => {
  expect(headerFault('Authorization', 'Bearer secret://TOKEN')).toBeNull();
  expect(headerFault('X Y', 'z')).toMatch(/no name/);
  expect(headerFault('Idempotency-Key', 'z')).toMatch(/set by Holdfast/);
  expect(headerFault('X-Y', '{$nope}')).toMatch(/names nothing/);
});

test('a body is refused for any string in it', () => {
  expect(bodyFault({ a: ['{x}', 1, null, { b: '{$key}' }] })).toBeNull();
  expect(bodyFault({ a: [1, { b: 'x {$nope}' }] })).toMatch(/names nothing/);
});

describe('mailAddressFault', () => {
  test.each(['{email}', 'a@b.example', 'Ann, the cook <a@b.example>', '{name} <{user}@b.example>'])(
    '%s may be one',
    (text) => expect(mailAddressFault(text)).toBeNull(),
  );
  test.each(['', 'a@b.example, c@d.example', '{one} {two}', 'Ann', 'Ann <{a}> <{b}>', 'a@@b'])(
    '%j is refused',
    (text) => expect(mailAddressFault(text)).toMatch(/address/),
  );
});

test('a setting may hold references, and nothing of the input or the call', () => {
  expect(settingFault('config://HOST')).toBeNull();
  expect(settingFault('mail.{host}')).toMatch(/\{host\} cannot stand here/);
  expect(settingFault('{$tenant}.example')).toMatch(/\{\$tenant\} cannot stand here/);
});
