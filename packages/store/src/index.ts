export { openReadModel } from './open-read-model.ts';
export { openStore } from './open-store.ts';
export type { OpenStoreOptions } from './open-store.ts';
export type * from './port.ts';
export type * from './read-port.ts';
export { SqliteStore } from './sqlite-store.ts';
export { StoreAssertionError, StoreFateUnknownError, StoreFullError } from './store-errors.ts';
export { verifyChain } from './verify-chain.ts';
export type { ChainFault, ChainReport } from './verify-chain.ts';
