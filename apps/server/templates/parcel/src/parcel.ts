import { log, saga, Undo, waitFor } from '@holdfast/sdk';
import { assignBox, freeBox } from './boxes.ts';
import { ParcelArrived, PickedUp } from './events.ts';
import { sendNotice } from './notices.ts';

/**
 * A parcel's way through the lockers. Every `yield*` is a durable step: whatever happens to this machine, the saga goes
 * on from the last one. No clock, randomness or network in here; those belong to effects.
 */
export const parcel = saga('parcel', { on: ParcelArrived, key: (p) => p.parcelId }, function* (p) {
  const { parcelId, recipient } = p;

  // Whatever goes wrong further down, the box is given back.
  const { box, code } = yield* assignBox(
    { parcelId, kilos: p.kilos },
    { undo: () => freeBox({ parcelId }) },
  );

  yield* sendNotice({ to: recipient, text: `Your parcel is in box ${box}. The code is ${code}.` });

  const pickup = yield* waitFor('pickup', PickedUp, { timeout: '3d' });
  if (!pickup) throw new Undo('nobody picked it up');

  yield* freeBox({ parcelId });
  log(`picked up by ${pickup.by}`);
  return { box, pickedUpBy: pickup.by };
});
