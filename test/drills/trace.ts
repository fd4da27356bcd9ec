/**
 * The trace drill (I1): a server under strace, thousands of events over HTTP, MQTT QoS 1 and QoS 2, and then each
 * acknowledgement held against the sync that covers it. See `trace/check-trace.ts` for what counts as covered.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { checkTrace, TRACED_CALLS } from './trace/check-trace.ts';
import type { TraceAnswer } from './trace/check-trace.ts';

/** Requests in flight on each of the three ways in. */
const IN_FLIGHT = 32;
const MQTT_CLIENTS = 4;
/** Longer than any page or answer: strace must not cut what is read. */
const STRING_LIMIT = 65_536;
/** One event of so many places an order; the others have no saga. Both are journaled before they are acknowledged. */
const ORDER_EVERY = 4;

export interface TraceDrillOptions {
  /** Events for each of HTTP, QoS 1 and QoS 2. */
  readonly eventsEach: number;
  /** Let the disk lie (`late-sync.c`), which the checker has to see. */
  readonly lateSync?: boolean;
  readonly say?: (line: string) => void;
}

export interface TraceReport extends TraceAnswer {
  /** Marks of the events that clients saw acknowledged. */
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

/** Runs `work` for each number below `count`, so many at a time. */
async function inParallel(
  count: number,
  lanes: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Which event each packet of each connection carried: the client's record, not the server's. */
class PacketRecord {
  readonly #marks = new Map<string, string>();

  watch(user: MqttUser): void {
    user.client.on('packetsend', (packet) => {
      if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
      const { stream } = user.client;
      const port = 'localPort' in stream ? stream.localPort : undefined;
      const mark = /trace-[0-9a-f]{12}/.exec(packet.payload.toString())?.[0];
      if (typeof port !== 'number' || mark === undefined) {
        throw new Error('a packet went out without a port or a mark');
      }
      this.#marks.set(`${port}/${packet.messageId}`, mark);
    });
  }

  markOf(port: number, packetId: number): string | undefined {
    return this.#marks.get(`${port}/${packetId}`);
  }
}

async function publishOverHttp(
  server: HoldfastServer,
  count: number,
  seen: Set<string>,
): Promise<void> {
  const { api } = server;
  await inParallel(count, IN_FLIGHT, async (index) => {
    const mark = newMark();
    await api.publish(eventWith(mark, index).body);
    seen.add(mark);
  });
}

async function publishOverMqtt(
  server: HoldfastServer,
  qos: 1 | 2,
  count: number,
  record: PacketRecord,
  seen: Set<string>,
): Promise<void> {
  const users: MqttUser[] = [];
  try {
    for (let i = 0; i < MQTT_CLIENTS; i += 1) {
      const user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
      record.watch(user);
      users.push(user);
    }
    await inParallel(count, IN_FLIGHT, async (index) => {
      const mark = newMark();
      const { type, body } = eventWith(mark, index);
      await users[index % users.length]?.publish(`hf/events/${type}`, body, { qos });
      seen.add(mark);
    });
  } finally {
    for (const user of users) await user[Symbol.asyncDispose]();
  }
}

function buildLateSync(folder: TempFolder): string {
  const library = folder.at('late-sync.so');
  const source = join(import.meta.dirname, 'trace/late-sync.c');
  const gcc = spawnSync(
    'gcc',
    ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread'],
    {
      encoding: 'utf8',
    },
  );
  if (gcc.status !== 0) throw new Error(`gcc: ${gcc.stderr}`);
  return library;
}

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
  using folder = new TempFolder('trace');
  const trace = folder.at('trace.txt');
  const launcher = straceLauncher(trace, lateSync ? buildLateSync(folder) : null);
  const record = new PacketRecord();
  const seenByClients = new Set<string>();
  await using server = await HoldfastServer.start({ launcher });
  const { httpPort, mqttPort } = server;
  say(`${eventsEach} events each over HTTP, QoS 1 and QoS 2, under strace`);
  await Promise.all([
    publishOverHttp(server, eventsEach, seenByClients),
    publishOverMqtt(server, 1, eventsEach, record, seenByClients),
    publishOverMqtt(server, 2, eventsEach, record, seenByClients),
  ]);
  await server.stop();
  say('checking the trace');
  const answer = await checkTrace(trace, {
    httpPort,
    mqttPort,
    walSuffix: '/holdfast.db-wal',
    markOfPacket: (port, packetId) => record.markOf(port, packetId),
  });
  return { ...answer, seenByClients, traceBytes: statSync(trace).size };
}
