/** What the load publishes and the screens look at (`load/mixed-events.ts`, `screens-under-load.ts`). */

/** Each is an instance of `device`, of `test/support/readings-release`. */
export const DEVICES: readonly string[] = Array.from({ length: 40 }, (_, n) => `device-${n}`);
/** The one that is looked at: a tenth of all messages of devices are its own. */
export const WATCHED_DEVICE = 'device-watched';
