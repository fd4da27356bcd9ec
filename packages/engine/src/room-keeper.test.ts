import { describe, expect, test } from 'vitest';
import { StoreFullError } from '@holdfast/store';
import { SILENT } from './log.ts';
import { RoomKeeper } from './room-keeper.ts';
import { ManualClock } from './testing/manual-clock.ts';

const MIB = 1024 * 1024;
const LOW = 64 * MIB;
const BALLAST = 16 * MIB;

function setUp({ free = 10_000 * MIB, missing = 0 }: { free?: number; missing?: number } = {}) {
  const clock = new ManualClock();
  const told: string[] = [];
  /** Effects that may be out, each time that it is said there may be more. */
  const widened: number[] = [];
  const disk = {
    free,
    missing,
    looks: 0,
    look() {
      this.looks += 1;
      return { free: this.free, lowWater: LOW };
    },
    release() {
      const had = this.missing === 0;
      this.missing = BALLAST;
      return had;
    },
    async restore() {
      told.push('ballast');
      this.missing = 0;
      return true;
    },
  };
  const store = {
    receiptsBehind: false,
    async catchUpReceipts() {
      told.push('receipts');
      this.receiptsBehind = false;
      return true;
    },
  };
  const keeper = new RoomKeeper({
    disk,
    store,
    clock,
    log: SILENT,
    closed: () => told.push('closed'),
    stalled: () => told.push('stalled'),
    opened: () => told.push('opened'),
    widened: () => widened.push(keeper.tries),
    failed: (error) => {
      throw error;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((resolve) => void setImmediate(resolve));
  };
  return { clock, disk, store, keeper, told, widened, pass };
}

describe('room', () => {
  test('below the mark everything new waits, and goes on above it without a word from anybody', async () => {
    const { disk, keeper, told, pass } = setUp();
    keeper.start();
    expect(keeper.isOpen).toBe(true);
    disk.free = LOW - 1;
    keeper.committed();
    await pass(250);
    expect(keeper.isOpen).toBe(false);
    expect(keeper.tries).toBe(0);
    // Just above is too little: it would close again at once.
    disk.free = LOW + 1;
    await pass(1000);
    expect(keeper.isOpen).toBe(false);
    disk.free = 2 * LOW;
    await pass(1000);
    expect(keeper.isOpen).toBe(true);
    expect(told).toEqual(['closed', 'receipts', 'opened']);
  });

  test('fewer effects may be out the less room there is, and whoever waits is told of more', () => {
    const { disk, keeper, widened } = setUp();
    keeper.start();
    expect(keeper.tries).toBeGreaterThan(1024);
    disk.free = LOW;
    keeper.look();
    // 4 MiB each, beyond half the mark.
    expect(keeper.tries).toBe(8);
    expect(widened).toEqual([]);
    disk.free = 2 * LOW;
    keeper.look();
    expect(widened).toEqual([24]);
  });

  test('a commit without room gets the ballast, then is tried each second; nothing opens before it is made', async () => {
    const { disk, keeper, told, pass } = setUp();
    keeper.start();
    disk.free = 0;
    let tries = 0;
    const retry = (): void => {
      tries += 1;
      if (disk.free === 0) keeper.stalled(new StoreFullError('no room'), retry);
      else keeper.committed();
    };
    keeper.stalled(new StoreFullError('no room'), retry);
    // Nobody is told to come again while there is the ballast to try.
    expect(told).toEqual(['closed']);
    await pass(1);
    expect(tries).toBe(1);
    expect(told).toEqual(['closed', 'stalled']);
    await pass(1000);
    expect(tries).toBe(2);
    expect(keeper.isOpen).toBe(false);
    disk.free = 2 * LOW;
    await pass(1000);
    expect(tries).toBe(3);
    expect(keeper.isOpen).toBe(true);
    expect(told.slice(-3)).toEqual(['ballast', 'receipts', 'opened']);
  });

  test('receipts that found no room close it too', async () => {
    const { keeper, store, told, pass } = setUp();
    keeper.start();
    store.receiptsBehind = true;
    keeper.committed();
    expect(keeper.isOpen).toBe(false);
    await pass(1000);
    expect(told).toEqual(['closed', 'ballast', 'receipts', 'opened']);
  });

  test('a server at rest asks the disk nothing', async () => {
    const { disk, keeper, pass } = setUp();
    keeper.start();
    keeper.committed();
    for (let i = 0; i < 3; i++) await pass(250);
    const { looks } = disk;
    await pass(3_600_000);
    expect(disk.looks).toBe(looks);
  });

  test('a start with too little room begins closed', () => {
    const { keeper, told } = setUp({ free: LOW - 1, missing: BALLAST });
    keeper.start();
    expect(keeper.isOpen).toBe(false);
    expect(told).toEqual(['closed']);
  });
});
