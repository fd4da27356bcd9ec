/** Retained messages by topic, kept apart by first level: that is the tenant's mount, so no search leaves a tenant. */
import { matchesFilter } from './topic-filter.ts';

export class RetainedStore<
  P extends { readonly topic: string; readonly payload: { readonly length: number } },
> {
  readonly #byMount = new Map<string, Map<string, P>>();
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  get(topic: string): P | undefined {
    return this.#byMount.get(firstLevel(topic))?.get(topic);
  }

  set(packet: P): void {
    const mount = firstLevel(packet.topic);
    let topics = this.#byMount.get(mount);
    if (topics === undefined) {
      topics = new Map();
      this.#byMount.set(mount, topics);
    }
    const before = topics.get(packet.topic);
    if (before === undefined) this.#size++;
    this.#bytes += packet.payload.length - (before?.payload.length ?? 0);
    topics.set(packet.topic, packet);
  }

  delete(topic: string): boolean {
    const mount = firstLevel(topic);
    const topics = this.#byMount.get(mount);
    const before = topics?.get(topic);
    if (topics === undefined || before === undefined) return false;
    topics.delete(topic);
    this.#size--;
    this.#bytes -= before.payload.length;
    if (topics.size === 0) this.#byMount.delete(mount);
    return true;
  }

  /** What matches the filter, in no order. */
  *match(filter: string): Generator<P, void, undefined> {
    if (!/[+#]/.test(filter)) {
      const packet = this.get(filter);
      if (packet !== undefined) yield packet;
      return;
    }
    const first = firstLevel(filter);
    const mounts = /[+#]/.test(first)
      ? this.#byMount.values()
      : [this.#byMount.get(first) ?? new Map<string, P>()];
    for (const topics of mounts) {
      for (const [topic, packet] of topics) if (matchesFilter(filter, topic)) yield packet;
    }
  }
}

function firstLevel(topic: string): string {
  const slash = topic.indexOf('/');
  return slash < 0 ? topic : topic.slice(0, slash);
}
