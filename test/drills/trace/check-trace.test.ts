/** The trace checker, on traces written by hand: it has to see each fault that it is there for. */
import { describe, expect, test } from 'vitest';
import { TraceChecker } from './check-trace.ts';
import type { TraceAnswer } from './check-trace.ts';

const HTTP = 7420;
const MQTT = 1883;
const PAGE = 4096;
const MARK = 'trace-00000000000a';
const OTHER_MARK = 'trace-00000000000b';

const hex = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const WAL = hex(Buffer.from('/data/holdfast.db-wal'));
const wal = `22<${WAL}>`;

function frame(index: number, page: string, commits: boolean): string[] {
  const header = Buffer.alloc(24);
  header.writeUInt32BE(1, 0);
  header.writeUInt32BE(commits ? 9 : 0, 4);
  const bytes = Buffer.alloc(PAGE);
  bytes.write(page, 100, 'latin1');
  const at = 32 + index * (24 + PAGE);
  return [
    `10 pwrite64(${wal}, "${hex(header)}", 24, ${at}) = 24`,
    `10 pwrite64(${wal}, "${hex(bytes)}", ${PAGE}, ${at + 24}) = ${PAGE}`,
  ];
}

const SYNC = `10 fsync(${wal}) = 0`;
const SYNC_BEGINS = `10 fsync(${wal} <unfinished ...>`;
const SYNC_ENDS = '10 <... fsync resumed>) = 0';

function socket(local: number, remote = 50_000): string {
  return `30<TCP:[127.0.0.1:${local}->127.0.0.1:${remote}]>`;
}

function answer(mark: string, status = '202 Accepted'): string {
  const body = `{"seq":1,"id":"${mark}"}`;
  const text = `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return `11 write(${socket(HTTP)}, "${hex(Buffer.from(text))}", ${text.length}) = ${text.length}`;
}

function puback(packetId: number, type = 0x40): string {
  const bytes = Buffer.from([type, 2, packetId >> 8, packetId & 0xff]);
  return `11 writev(${socket(MQTT)}, [{iov_base="${hex(bytes)}", iov_len=4}], 1) = 4`;
}

function check(...lines: readonly (string | readonly string[])[]): TraceAnswer {
  const checker = new TraceChecker({
    httpPort: HTTP,
    mqttPort: MQTT,
    walSuffix: '/holdfast.db-wal',
    markOfPacket: (port, packetId) => (port === 50_000 && packetId === 7 ? MARK : undefined),
    markOfRequest: (port, n) => (port === 50_000 ? [MARK, null][n] : undefined),
  });
  for (const line of lines.flat()) checker.line(line);
  return checker.answer();
}

describe('an acknowledgement after its sync', () => {
  test.each([
    ['HTTP 2xx', answer(MARK)],
    ['PUBACK', puback(7)],
    ['PUBREC', puback(7, 0x50)],
  ] as const)('is right: %s', (kind, ack) => {
    const { violations, acknowledged, commits, syncs } = check(frame(0, MARK, true), SYNC, ack);
    expect(violations).toEqual([]);
    expect(acknowledged[kind]).toBe(1);
    expect({ commits, syncs }).toEqual({ commits: 1, syncs: 1 });
  });

  test('is right when the sync was long and another thread spoke meanwhile', () => {
    const lines = [frame(0, MARK, true), SYNC_BEGINS, '12 +++ exited with 0 +++', SYNC_ENDS];
    expect(check(...lines, puback(7)).violations).toEqual([]);
  });

  test('is found when several come in one write, and when one comes in two', () => {
    const two = Buffer.from([0x20, 2, 0, 0, 0x40, 2, 0, 7]);
    const first = `11 write(${socket(MQTT)}, "${hex(two.subarray(0, 6))}", 6) = 6`;
    const second = `11 write(${socket(MQTT)}, "${hex(two.subarray(6))}", 2) = 2`;
    const { acknowledged, violations } = check(frame(0, MARK, true), SYNC, first, second);
    expect({ acknowledged: acknowledged.PUBACK, violations }).toEqual({
      acknowledged: 1,
      violations: [],
    });
  });
});

test('answers that acknowledge nothing are passed over', () => {
  const refused = check(answer(MARK, '400 Bad Request'));
  expect(refused).toMatchObject({ violations: [], acknowledged: { 'HTTP 2xx': 0 } });
  const unfollowed = check(frame(0, MARK, true), SYNC, answer(MARK), answer('', '200 OK'));
  expect(unfollowed).toMatchObject({ violations: [], acknowledged: { 'HTTP 2xx': 1 } });
});

describe('a fault is seen', () => {
  test.each<[string, string, (string | readonly string[])[]]>([
    ['nothing was written', 'never written', []],
    ['no frame committed it', 'written, not committed', [frame(0, MARK, false), SYNC]],
    ['it was not synced', 'committed, not synced', [frame(0, MARK, true)]],
    [
      'the sync failed',
      'committed, not synced',
      [frame(0, MARK, true), `10 fsync(${wal}) = -1 EIO (Input/output error)`],
    ],
    [
      'another file was synced',
      'committed, not synced',
      [frame(0, MARK, true), '10 fsync(5<\\x2f\\x78>) = 0'],
    ],
    ['the sync had not ended', 'committed, not synced', [frame(0, MARK, true), SYNC_BEGINS]],
    ['only another event was written', 'never written', [frame(0, OTHER_MARK, true), SYNC]],
  ])('%s', (_, state, before) => {
    for (const ack of [answer(MARK), puback(7), puback(7, 0x50)]) {
      const { violations } = check(...before, ack);
      expect(violations).toHaveLength(1);
      expect(violations[0]).toContain(state);
    }
  });

  test('the first byte of an answer counts, not its last', () => {
    const body = `{"id":"${MARK}"}`;
    const head = `HTTP/1.1 202 Accepted\r\ncontent-length: ${body.length}\r\n\r\n`;
    const early = `11 write(${socket(HTTP)}, "${hex(Buffer.from(head))}", ${head.length}) = ${head.length}`;
    const late = `11 write(${socket(HTTP)}, "${hex(Buffer.from(body))}", ${body.length}) = ${body.length}`;
    const { violations } = check(early, frame(0, MARK, true), SYNC, late);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain('durable only from line');
  });

  test('the sync began before the commit was whole', () => {
    const [header = '', page = ''] = frame(0, MARK, true);
    const otherThread = [header.replace(/^10/, '13'), page.replace(/^10/, '13')];
    const { violations } = check(SYNC_BEGINS, otherThread, SYNC_ENDS, answer(MARK));
    expect(violations[0]).toContain('committed, not synced');
  });

  test('the transaction that held it was rolled back', () => {
    const { violations } = check(
      frame(0, MARK, false),
      frame(0, OTHER_MARK, true),
      SYNC,
      puback(7),
    );
    expect(violations[0]).toContain('written, not committed');
  });

  test('a packet was acknowledged that nobody sent', () => {
    expect(check(puback(8)).violations[0]).toContain('for nothing that was sent');
  });
});

describe('what it cannot follow it refuses', () => {
  test.each([
    ['a string that strace cut', `11 write(${socket(MQTT)}, "\\x40"..., 9999) = 9999`],
    ['a write to the log that is no frame', `10 pwrite64(${wal}, "\\x00", 1, 5) = 1`],
    ['another way to write to the log', `10 write(${wal}, "\\x00", 1) = 1`],
    ['another way to write to a socket', `10 sendfile(${socket(HTTP)}, 3<\\x2f>, NULL, 10) = 10`],
    ['a line of another form', 'strace: something is wrong'],
  ])('%s', (_, line) => {
    expect(() => check(line)).toThrow(/trace|log/);
  });
});
