import { event, wait } from '@holdfast/sdk';
import { z } from 'zod';

/** Somebody put a parcel on the scale. It starts the saga. */
export const ParcelArrived = event(
  'parcel.arrived',
  z.object({
    parcelId: z.string().min(1),
    recipient: z.string().min(1),
    kilos: z.number().positive(),
  }),
);

/** The recipient opened the box. Whoever knows the parcel's id, or the wait's token, may complete it. */
export const PickedUp = wait('pickup', z.object({ by: z.string().min(1) }), {
  title: 'The parcel was picked up',
});
