/**
 * Values by topic filter, found by topic name: a trie with one node per level.
 *
 * Aedes' own trie (qlobber) takes `+` for a level of at least one character in the persistence and for any level in the
 * broker, so an offline session can miss what an online one gets; this one follows MQTT 3.1.1 §4.7 in both places.
 *
 * Invariant: a node without values and without children is removed, so memory follows what is subscribed.
 */

interface Node<V> {
  readonly children: Map<string, Node<V>>;
  /** Key to value, in order of adding. */
  readonly values: Map<unknown, V>;
}

export class FilterTrie<V> {
  readonly #root: Node<V> = newNode();
  #size = 0;

  /** Number of values. */
  get size(): number {
    return this.#size;
  }

  /** Adds a value under a filter, replacing the one with the same key. */
  set(filter: string, key: unknown, value: V): void {
    let node = this.#root;
    for (const level of filter.split('/')) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = newNode();
        node.children.set(level, child);
      }
      node = child;
    }
    if (!node.values.has(key)) this.#size++;
    node.values.set(key, value);
  }

  /** Removes the value with that key from the filter; says whether there was one. */
  delete(filter: string, key: unknown): boolean {
    const levels = filter.split('/');
    const path: Node<V>[] = [this.#root];
    for (const level of levels) {
      const child = path.at(-1)?.children.get(level);
      if (child === undefined) return false;
      path.push(child);
    }
    const found = path.at(-1)?.values.delete(key) === true;
    if (found) this.#size--;
    for (let i = levels.length; i > 0; i--) {
      const node = path[i];
      if (node === undefined || node.values.size > 0 || node.children.size > 0) break;
      path[i - 1]?.children.delete(levels[i - 1] ?? '');
    }
    return found;
  }

  /** The values of all filters that match the topic; those of `#` first, deeper ones later. */
  match(topic: string): V[] {
    const found: V[] = [];
    if (this.#size > 0) collect(this.#root, topic, 0, found);
    return found;
  }

  /** Whether any filter matches the topic. */
  matches(topic: string): boolean {
    return this.#size > 0 && this.match(topic).length > 0;
  }
}

function newNode<V>(): Node<V> {
  return { children: new Map(), values: new Map() };
}

/** @param start where the next level of `topic` begins; beyond its end when none is left */
function collect<V>(node: Node<V>, topic: string, start: number, found: V[]): void {
  // [MQTT-4.7.2-1]: a wildcard in front matches no topic that begins with `$`.
  const wild = start > 0 || topic.charCodeAt(0) !== 36;
  const rest = wild ? node.children.get('#') : undefined;
  if (rest !== undefined) for (const value of rest.values.values()) found.push(value);
  if (start > topic.length) {
    for (const value of node.values.values()) found.push(value);
    return;
  }
  const slash = topic.indexOf('/', start);
  const end = slash < 0 ? topic.length : slash;
  const one = wild ? node.children.get('+') : undefined;
  if (one !== undefined) collect(one, topic, end + 1, found);
  const exact = node.children.get(topic.slice(start, end));
  if (exact !== undefined) collect(exact, topic, end + 1, found);
}
