import { describe, expect, it } from 'vitest';
import { readJson } from './json-text.ts';

describe('readJson', () => {
  it('reads any JSON value', () => {
    expect(readJson(' {"a":[1,null]} ')).toEqual({ ok: true, value: { a: [1, null] } });
    expect(readJson('null')).toEqual({ ok: true, value: null });
  });

  it('says what is wrong', () => {
    expect(readJson('  ')).toEqual({ ok: false, message: 'nothing yet' });
    expect(readJson('{"a":')).toMatchObject({ ok: false, message: /JSON|end/i });
  });
});
