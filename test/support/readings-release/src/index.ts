import { event, reducer } from '@holdfast/sdk';
import { z } from 'zod';

export const Taken = event('reading.taken', z.object({ id: z.string(), device: z.string() }));

export const device = reducer('device', {
  on: { taken: Taken },
  starts: ['taken'],
  key: (data) => data.device,
  state: z.object({ readings: z.number() }),
  initial: { readings: 0 },
  handlers: {
    taken: (state) => ({ readings: state.readings + 1 }),
  },
});
