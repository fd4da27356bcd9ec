import { expect, test } from 'vitest';
import { SseParser } from './sse-parser.ts';

test('events are complete at the empty line; comments and unknown fields are nothing', () => {
  const parser = new SseParser();
  expect(parser.push(': alive\n\nretry: 5\nid: 1\ndata: {"a":')).toEqual([]);
  expect(parser.push('1}\n')).toEqual([]);
  expect(parser.push('\nid: 2\n\n')).toEqual([
    { id: '1', data: '{"a":1}' },
    { id: '2', data: undefined },
  ]);
});

test.each(['\n', '\r\n', '\r'])('lines may end in %j, cut anywhere', (end) => {
  const text = ['id: 7', 'data: a', 'data:b', '', 'data', '', 'x'].join(end) + end;
  for (let cut = 0; cut <= text.length; cut++) {
    const parser = new SseParser();
    const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
    expect(events).toEqual([
      { id: '7', data: 'a\nb' },
      { id: undefined, data: '' },
    ]);
  }
});
