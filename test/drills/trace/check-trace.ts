/**
 * I1 as a system call trace shows it: each acknowledgement is written after the sync that covers its event.
 *
 * The server is not asked for anything. Events carry a mark in their id. A mark counts as durable from the end of a
 * successful sync of the write-ahead log that began after the frame which commits the mark's page was written. An
 * acknowledgement is matched to what it acknowledges by the clients' own record: which request, or which packet id, on
 * which connection carried which mark.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AckStream } from './acknowledgements.ts';
import type { AckKind, Acknowledgement } from './acknowledgements.ts';
import { portsOf, StraceReader } from './strace-lines.ts';
import type { TracedCall } from './strace-lines.ts';
import { WalSyncs } from './wal-syncs.ts';

/** What a trace can follow: it stands in the id of an event, in a payload, in a message that is kept. */
export const TRACE_MARK = /trace-[0-9a-f]{12}/g;

const SOCKET_WRITES = ['write', 'writev', 'sendto', 'sendmsg'];
const SYNCS = ['fsync', 'fdatasync'];
/** Would let bytes out, or data in, past what is read here: the server must not use them. */
const BLIND_SPOTS = ['pwritev', 'pwritev2', 'sendmmsg', 'sendfile', 'splice'];

/** What strace is asked to trace. */
export const TRACED_CALLS = [...SOCKET_WRITES, 'pwrite64', ...SYNCS, ...BLIND_SPOTS];

export interface TraceQuestion {
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Path of the write-ahead log ends so. */
  readonly walSuffix: string;
  /** What a client's packet carried. */
  readonly markOfPacket: (clientPort: number, packetId: number) => string | undefined;
  /** What the request carried that is answered as the n-th, from 0, on its connection; null for one that is not followed. */
  readonly markOfRequest: (clientPort: number, n: number) => string | null | undefined;
}

export interface TraceAnswer {
  readonly acknowledged: Readonly<Record<AckKind, number>>;
  readonly marks: ReadonlySet<string>;
  readonly commits: number;
  readonly syncs: number;
  readonly violations: readonly string[];
}

export class TraceChecker {
  readonly #question: TraceQuestion;
  readonly #reader: StraceReader;
  readonly #wal = new WalSyncs(TRACE_MARK);
  readonly #streams = new Map<string, AckStream>();
  readonly #acknowledged: Record<AckKind, number> = { 'HTTP 2xx': 0, PUBACK: 0, PUBREC: 0 };
  readonly #marks = new Set<string>();
  readonly #violations: string[] = [];

  constructor(question: TraceQuestion) {
    this.#question = question;
    this.#reader = new StraceReader(
      TRACED_CALLS,
      (fd) => fd.endsWith(question.walSuffix) || portsOf(fd) !== null,
    );
  }

  line(line: string): void {
    const call = this.#reader.read(line);
    if (call === null) return;
    if (call.fd.endsWith(this.#question.walSuffix)) this.#log(call);
    else if (SOCKET_WRITES.includes(call.name)) this.#socket(call);
    else if (BLIND_SPOTS.includes(call.name) && portsOf(call.fd) !== null) {
      throw new Error(`${call.name} at a socket: the trace cannot follow it`);
    }
  }

  answer(): TraceAnswer {
    return {
      acknowledged: this.#acknowledged,
      marks: this.#marks,
      commits: this.#wal.commits,
      syncs: this.#wal.syncs,
      violations: this.#violations,
    };
  }

  #log(call: TracedCall): void {
    if (call.name === 'pwrite64') this.#wal.write(call);
    else if (SYNCS.includes(call.name)) this.#wal.sync(call);
    else throw new Error(`${call.name} at the write-ahead log: the trace cannot follow it`);
  }

  #socket(call: TracedCall): void {
    const ports = portsOf(call.fd);
    if (ports === null || call.result <= 0) return;
    const protocol = this.#protocolOf(ports.local);
    if (protocol === null) return;
    const id = `${protocol}:${ports.remote}`;
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new AckStream(protocol, ports.remote);
      this.#streams.set(id, stream);
    }
    // What the kernel did not take is written again.
    for (const ack of stream.written(call.data.subarray(0, call.result), call.entry))
      this.#check(ack);
  }

  #protocolOf(port: number): 'http' | 'mqtt' | null {
    if (port === this.#question.httpPort) return 'http';
    return port === this.#question.mqttPort ? 'mqtt' : null;
  }

  #check(ack: Acknowledgement): void {
    const { kind, port, number, at } = ack;
    const { markOfPacket, markOfRequest } = this.#question;
    const mark = kind === 'HTTP 2xx' ? markOfRequest(port, number) : markOfPacket(port, number);
    if (mark === null) return;
    if (mark === undefined) {
      this.#violations.push(
        `line ${at}: ${kind} number ${number} to port ${port}, for nothing that was sent`,
      );
      return;
    }
    this.#acknowledged[kind] += 1;
    this.#marks.add(mark);
    const durable = this.#wal.durableFrom(mark);
    if (durable !== undefined && durable < at) return;
    this.#violations.push(
      `line ${at}: ${kind} for ${mark}, which was ${durable === undefined ? this.#wal.stateOf(mark) : `durable only from line ${durable}`}`,
    );
  }
}

/** Checks a whole trace file. */
export async function checkTrace(file: string, question: TraceQuestion): Promise<TraceAnswer> {
  const checker = new TraceChecker(question);
  const lines = createInterface({ input: createReadStream(file, 'latin1'), crlfDelay: Infinity });
  for await (const line of lines) checker.line(line);
  return checker.answer();
}
