/** The saga without a server: the test kit plays the outside world, and three days pass in no time. */
import { explore, models, play } from '@holdfast/sdk/test';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignBox, freeBox } from '../src/boxes.ts';
import { PickedUp } from '../src/events.ts';
import { sendNotice } from '../src/notices.ts';
import { parcel } from '../src/parcel.ts';

const arrived = { parcelId: 'P-1', recipient: 'Ada', kilos: 2.5 };

/** In a box, its recipient told. */
function playToPickup() {
  return play(parcel)
    .start(arrived)
    .asks(assignBox, { parcelId: 'P-1', kilos: 2.5 })
    .succeed(assignBox, { box: 7, code: 'c0de' })
    .asks(sendNotice, { to: 'Ada', text: 'Your parcel is in box 7. The code is c0de.' })
    .succeed(sendNotice, { sent: true })
    .waitsFor(PickedUp);
}

test('a parcel is put into a box, announced, picked up, and its box is free again', () => {
  playToPickup()
    .complete(PickedUp, { by: 'Ada' })
    .asksOnly(freeBox)
    .succeed(freeBox)
    .ends('completed', { box: 7, pickedUpBy: 'Ada' });
});

test('a parcel that no box bears ends there, and nobody is told', () => {
  play(parcel)
    .start({ ...arrived, kilos: 31 })
    .fail(assignBox, 'too.heavy')
    .asksOnly()
    .ends('compensated');
});

test('after three days the box is taken back', () => {
  playToPickup()
    .skip('2d')
    .is('waiting')
    .skip('1d')
    .asksOnly(freeBox)
    .succeed(freeBox)
    .ends('compensated');
});

test('when nobody can tell whether a box was taken, it is given back all the same', () => {
  play(parcel)
    .start(arrived)
    .unknown(assignBox)
    .asksOnly(freeBox)
    .succeed(freeBox)
    .ends('compensated');
});

test('however it goes, shuffled, doubled, late and in doubt, no box stays taken', () => {
  explore(parcel, {
    world: () => ({ taken: false }),
    start: () => arrived,
    effects: [
      models(assignBox, (_, world: { taken: boolean }) => {
        world.taken = true;
        return { box: 7, code: 'c0de' };
      }),
      models(freeBox, (_, world: { taken: boolean }) => {
        world.taken = false;
        return null;
      }),
      models(sendNotice, () => ({ sent: true })),
    ],
    waits: { pickup: () => ({ by: 'Ada' }) },
    check: ({ world }) => assert.equal(world.taken, false),
  });
});
