export type * from './port.ts';
export type * from './read-port.ts';
