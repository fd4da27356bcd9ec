/**
 * The trace drill (I1): a server under strace, thousands of acknowledged things over HTTP and MQTT, and then each
 * acknowledgement held against the sync that covers it. See `trace/check-trace.ts` for what counts as covered.
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { buildPreload } from '../support/preload.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { checkTrace, TRACED_CALLS } from './trace/check-trace.ts';
import type { TraceAnswer } from './trace/check-trace.ts';
import { MarkedHttp, MarkedMqtt, SentBook } from './trace/marked-clients.ts';

/** Connections of each way in, and so requests in flight. */
const CONNECTIONS = 16;
/** Longer than any page or answer: strace must not cut what is read. */
const STRING_LIMIT = 65_536;
/** One event of so many places an order; the others have no saga. Both are journaled before they are acknowledged. */
const ORDER_EVERY = 4;

export interface TraceDrillOptions {
  /** Events for each of HTTP, QoS 1 and QoS 2; of the other things that are acknowledged, a quarter as many each. */
  readonly eventsEach: number;
  /** Let the disk lie (`support/preload/late-sync.c`), which the checker has to see. */
  readonly lateSync?: boolean;
  readonly say?: (line: string) => void;
}

export interface TraceReport extends TraceAnswer {
  /** Marks of what clients saw acknowledged. */
  readonly seenByClients: ReadonlySet<string>;
  readonly traceBytes: number;
}

function newMark(): string {
  return `trace-${randomBytes(6).toString('hex')}`;
}

function eventWith(mark: string, index: number): { readonly type: string; readonly body: object } {
  if (index % ORDER_EVERY === 0) {
    return { type: 'order.placed', body: { ...orderPlaced(order(), '/test/trace'), id: mark } };
  }
  const type = 'shelf.weighed';
  return {
    type,
    body: { specversion: '1.0', id: mark, source: '/test/trace', type, data: { grams: index } },
  };
}

/** What an MQTT client sends, and what of it the server must remember before it acknowledges. */
type Sending = (client: MarkedMqtt, mark: string, index: number) => Promise<void>;

const SENDINGS = {
  event: (qos: 1 | 2): Sending => {
    return async (client, mark, index) => {
      const { type, body } = eventWith(mark, index);
      await client.publish(`hf/events/${type}`, body, mark, { qos });
    };
  },
  /** Into quarantine. */
  noEvent: async (client, mark) => {
    await client.publish('hf/events/order.placed', `{"no": "${mark}`, mark, { qos: 1 });
  },
  /** To a session that is away. */
  owed: async (client, mark) => {
    await client.publish('devices/lamp', mark, mark, { qos: 1 });
  },
  retained: async (client, mark, index) => {
    await client.publish(`shelves/${index}`, mark, mark, { qos: 1, retain: true });
  },
} as const satisfies Record<string, Sending | ((qos: 1 | 2) => Sending)>;

function straceLauncher(trace: string, preload: string | null): readonly string[] {
  return [
    'strace',
    '--follow-forks',
    '--seccomp-bpf',
    '--quiet=attach,personality',
    `--output=${trace}`,
    '--decode-fds=all',
    '--strings-in-hex=all',
    `--string-limit=${STRING_LIMIT}`,
    `--trace=${TRACED_CALLS.join(',')}`,
    '--signal=none',
    // All of it through system calls that can be seen.
    '--env=UV_USE_IO_URING=0',
    ...(preload === null ? [] : [`--env=LD_PRELOAD=${preload}`]),
    process.execPath,
  ];
}

/** What is not as it must be; empty when all is well. */
export function traceDrillFaults(report: TraceReport, eventsEach: number): readonly string[] {
  const faults = [...report.violations];
  for (const [kind, count] of Object.entries(report.acknowledged)) {
    if (count < eventsEach)
      faults.push(`the trace shows ${count} of ${eventsEach} acknowledgements: ${kind}`);
  }
  for (const mark of report.seenByClients) {
    if (!report.marks.has(mark)) faults.push(`the acknowledgement of ${mark} is not in the trace`);
  }
  return faults;
}

export async function runTraceDrill(options: TraceDrillOptions): Promise<TraceReport> {
  const { eventsEach, lateSync = false, say = () => undefined } = options;
  const fewer = Math.ceil(eventsEach / 4);
  using folder = new TempFolder('trace');
  const trace = folder.at('trace.txt');
  const launcher = straceLauncher(trace, lateSync ? buildPreload('late-sync', folder) : null);
  const book = new SentBook();
  await using server = await HoldfastServer.start({ launcher });
  const { httpPort, mqttPort } = server;
  await subscribeAndLeave(server);
  say(`${eventsEach} events each over HTTP, QoS 1 and QoS 2, under strace`);
  await Promise.all([
    overHttp(server, book, eventsEach, fewer),
    overMqtt(server, book, eventsEach, SENDINGS.event(1)),
    overMqtt(server, book, eventsEach, SENDINGS.event(2)),
    overMqtt(server, book, fewer, SENDINGS.noEvent),
    overMqtt(server, book, fewer, SENDINGS.owed),
    overMqtt(server, book, fewer, SENDINGS.retained),
  ]);
  await server.stop();
  say('checking the trace');
  const { markOfPacket, markOfRequest } = book;
  const walSuffix = '/holdfast.db-wal';
  const answer = await checkTrace(trace, {
    httpPort,
    mqttPort,
    walSuffix,
    markOfPacket,
    markOfRequest,
  });
  return { ...answer, seenByClients: book.acknowledged, traceBytes: statSync(trace).size };
}

/** A persistent session that is owed what is published to its topic. */
async function subscribeAndLeave(server: HoldfastServer): Promise<void> {
  const away = await MqttUser.connect(server.ready.mqtt, {
    key: server.adminKey,
    clientId: 'away',
    clean: false,
  });
  await away.subscribe('devices/#');
  await away.end();
}

/** Runs `work` for each number below `count`, on so many connections. */
async function onConnections<T>(
  count: number,
  open: () => T | Promise<T>,
  work: (connection: T, index: number) => Promise<void>,
  close: (connection: T) => void | Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    const connection = await open();
    try {
      while (next < count) await work(connection, next++);
    } finally {
      await close(connection);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

/** Events, and waits that are completed. */
async function overHttp(
  server: HoldfastServer,
  book: SentBook,
  events: number,
  waits: number,
): Promise<void> {
  const { ready, adminKey } = server;
  let waited = 0;
  await onConnections(
    events,
    () => new MarkedHttp(ready.http, adminKey, book),
    async (connection, index) => {
      const mark = newMark();
      const { type, body } = eventWith(mark, index);
      const path = `/v1/events`;
      await connection.send('POST', path, body, mark);
      if (type === 'order.placed' && waited < waits && 'data' in body) {
        waited += 1;
        await completeWait(connection, orderIdOf(body.data));
      }
    },
    (connection) => connection.close(),
  );
}

function orderIdOf(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'orderId' in data) return String(data.orderId);
  throw new Error('no order');
}

async function completeWait(connection: MarkedHttp, orderId: string): Promise<void> {
  const path = `/v1/sagas/order/${encodeURIComponent(orderId)}`;
  for (;;) {
    const { text } = await connection.look(path);
    if (text.includes('"status":"waiting"')) break;
    await sleep(20);
  }
  const mark = newMark();
  await connection.send('POST', `${path}/waits/kitchen.ready/complete`, { shelf: mark }, mark);
}

async function overMqtt(
  server: HoldfastServer,
  book: SentBook,
  count: number,
  sending: Sending,
): Promise<void> {
  const { ready, adminKey } = server;
  await onConnections(
    count,
    () => MarkedMqtt.connect(ready.mqtt, adminKey, book),
    async (connection, index) => sending(connection, newMark(), index),
    (connection) => connection.close(),
  );
}
