/**
 * Hands messages to the subscriptions that Aedes' clients have: the emitter Aedes takes as `mq`. It does not wait for
 * those it hands to, so that a subscriber who reads slowly holds up nobody else; `Outlet` bounds what waits for one.
 */
import { FilterTrie } from './filter-trie.ts';

/** A message as Aedes' clients take it. */
export interface RoutedPacket {
  readonly cmd: 'publish';
  readonly brokerId: string;
  readonly brokerCounter: number;
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Who published it, mounted. */
  readonly clientId: string;
}

type Done = () => void;
type Handler = (packet: RoutedPacket, done: Done) => void;

function nothing(): void {}

export class TopicRouter {
  readonly #handlers = new FilterTrie<Handler>();

  on(filter: string, handler: Handler, done?: Done): this {
    this.#handlers.set(filter, handler, handler);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  removeListener(filter: string, handler: Handler, done?: Done): this {
    this.#handlers.delete(filter, handler);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  emit(packet: RoutedPacket, done?: Done): this {
    for (const handler of this.#handlers.match(packet.topic)) handler(packet, nothing);
    done?.();
    return this;
  }

  /** Whether anybody who is connected would get it. */
  matches(topic: string): boolean {
    return this.#handlers.matches(topic);
  }

  close(done?: Done): this {
    if (done !== undefined) setImmediate(done);
    return this;
  }
}
