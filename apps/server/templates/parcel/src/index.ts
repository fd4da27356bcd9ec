/** Everything the release consists of: sagas are found by being exported here. */
export { parcel } from './parcel.ts';
