/**
 * Calls between two threads over a message port. Both sides may call.
 *
 * 1. What is said in one turn of the event loop goes in one message, and is answered in as few.
 * 2. Order of calls is kept. Every call is answered: by a value, or by an error with its code.
 * 3. When the other side is gone, every open call fails.
 *
 * @module
 */
import { type ErrorRecord, fromErrorRecord, HoldfastError, toErrorRecord } from '@holdfast/core';

/** What of a `MessagePort`, a `Worker` or `parentPort` is needed. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

export type Handler = (...args: never[]) => unknown;

const CALL = 0;
const ANSWER = 1;
const FAILURE = 2;
const NOTE = 3;

/** `[CALL, id, method, args]`, `[ANSWER, id, value]`, `[FAILURE, id, error]` or `[NOTE, method, args]`. */
type Entry =
  | readonly [typeof CALL, number, string, readonly unknown[]]
  | readonly [typeof ANSWER, number, unknown]
  | readonly [typeof FAILURE, number, ErrorRecord]
  | readonly [typeof NOTE, string, readonly unknown[]];

interface Open {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class RpcPeer {
  readonly #port: Port;
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #open = new Map<number, Open>();
  #outgoing: Entry[] = [];
  #lastId = 0;
  #gone: Error | null = null;

  constructor(port: Port, handlers: Readonly<Record<string, Handler>> = {}) {
    this.#port = port;
    this.#handlers = handlers;
    port.on('message', (message) => this.#receive(message as readonly Entry[]));
  }

  /** The answer of the other side. @throws HoldfastError as the other side threw it */
  call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const id = ++this.#lastId;
    this.#send([CALL, id, method, args]);
    return new Promise<T>((resolve, reject) => this.#open.set(id, { resolve, reject }));
  }

  /** Tells the other side; nobody answers. */
  note(method: string, ...args: readonly unknown[]): void {
    if (this.#gone === null) this.#send([NOTE, method, args]);
  }

  /** The other side is gone: fails what is open and whatever is called from now on. */
  fail(error: Error): void {
    this.#gone = error;
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject } of open) reject(error);
  }

  #send(entry: Entry): void {
    if (this.#outgoing.push(entry) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const entries = this.#outgoing;
    this.#outgoing = [];
    this.#port.postMessage(entries);
  }

  #receive(entries: readonly Entry[]): void {
    for (const entry of entries) {
      switch (entry[0]) {
        case CALL:
          this.#answer(entry[1], entry[2], entry[3]);
          break;
        case ANSWER:
          this.#settle(entry[1])?.resolve(entry[2] as never);
          break;
        case FAILURE:
          this.#settle(entry[1])?.reject(fromErrorRecord(entry[2]));
          break;
        case NOTE:
          this.#run(entry[1], entry[2]);
          break;
      }
    }
  }

  #answer(id: number, method: string, args: readonly unknown[]): void {
    let result: unknown;
    try {
      result = this.#run(method, args);
    } catch (error) {
      this.#send([FAILURE, id, toErrorRecord(error)]);
      return;
    }
    if (result instanceof Promise) {
      result.then(
        (value) => this.#send([ANSWER, id, value]),
        (error: unknown) => this.#send([FAILURE, id, toErrorRecord(error)]),
      );
    } else {
      this.#send([ANSWER, id, result]);
    }
  }

  #run(method: string, args: readonly unknown[]): unknown {
    const handler = this.#handlers[method];
    if (handler === undefined) throw new HoldfastError('internal', `no handler ${method}`);
    return handler(...(args as never[]));
  }

  #settle(id: number): Open | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    return open;
  }
}
