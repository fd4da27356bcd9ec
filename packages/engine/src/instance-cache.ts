import { instanceText, type TenantId } from '@holdfast/core';
import type { InstanceRow, LoadedInstance, Store, WorkItemRow } from '@holdfast/store';
import { LiveInstance } from './live-instance.ts';

/** Instances kept in memory beyond those at work. */
const DEFAULT_CAPACITY = 20_000;

/**
 * Live instances by (tenant, saga, key). One object per instance at any time: whoever asks first causes the load, the
 * others meet the same object in mode `loading`.
 */
export class InstanceCache {
  readonly #store: Store;
  readonly #capacity: number;
  readonly #byText = new Map<string, LiveInstance>();
  /** Called when an instance has its rows and may take its first event. */
  readonly #loaded: (instance: LiveInstance) => void;
  readonly #failed: (error: unknown) => void;
  /** Instances whose rows are to be read next, and the reading that includes the latest of them. */
  #asked: LiveInstance[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(
    store: Store,
    on: { loaded: (instance: LiveInstance) => void; failed: (error: unknown) => void },
    capacity = DEFAULT_CAPACITY,
  ) {
    this.#store = store;
    this.#loaded = on.loaded;
    this.#failed = on.failed;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byText.size;
  }

  /** The instance, loading it when it is not in memory. Never blocks: it may still be in mode `loading`. */
  get(tenant: TenantId, saga: string, key: string): LiveInstance {
    const text = instanceText(tenant, saga, key);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#evict();
    const instance = new LiveInstance(tenant, saga, key);
    this.#byText.set(text, instance);
    this.#load(instance);
    return instance;
  }

  /** The instance once its rows are there. */
  async whenLoaded(tenant: TenantId, saga: string, key: string): Promise<LiveInstance> {
    const instance = this.get(tenant, saga, key);
    await instance.loading;
    return instance;
  }

  /** What the current run of an instance is pinned to; null where there is none. */
  async pinOf(
    tenant: TenantId,
    saga: string,
    key: string,
  ): Promise<Pick<InstanceRow, 'app' | 'release'> | null> {
    const instance = await this.whenLoaded(tenant, saga, key);
    const { row } = instance;
    this.release(instance);
    return row === null ? null : { app: row.app, release: row.release };
  }

  /** The instance with this row id; null when there is none, or when another run of it is current. */
  async byId(id: number): Promise<LiveInstance | null> {
    const [loaded] = await this.#store.loadInstancesById([id]);
    if (loaded === undefined || loaded === null) return null;
    const { tenant, saga, key } = loaded.row;
    const instance = await this.whenLoaded(tenant, saga, key);
    if (instance.row?.id === id) return instance;
    this.release(instance);
    return null;
  }

  /** What is asked for together is read together: one read transaction costs more than a row. */
  #load(instance: LiveInstance): void {
    if (this.#asked.push(instance) === 1) {
      this.#reading = Promise.resolve().then(() => this.#read());
      this.#reading.catch(this.#failed);
    }
    instance.loading = this.#reading;
  }

  async #read(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const loaded = await this.#store.loadInstances(asked);
    for (const [at, instance] of asked.entries()) {
      const found = loaded[at] ?? null;
      if (found !== null) instance.restore(found, await this.#items(found));
      instance.mode = 'idle';
      this.#loaded(instance);
    }
  }

  async #items(loaded: LoadedInstance): Promise<readonly WorkItemRow[]> {
    return loaded.row.version === 0 ? [] : this.#store.itemsOf(loaded.row.id);
  }

  /** Drops the longest idle, oldest first; those at work stay, whatever the count. */
  #evict(): void {
    if (this.#byText.size < this.#capacity) return;
    const enough = Math.floor(this.#capacity * 0.9);
    for (const [text, instance] of this.#byText) {
      if (instance.evictable) this.#byText.delete(text);
      if (this.#byText.size <= enough) return;
    }
  }

  /** An ended instance need not stay. */
  release(instance: LiveInstance): void {
    if (instance.ended && instance.evictable) this.#byText.delete(instance.text);
  }
}
