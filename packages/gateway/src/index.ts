export type { NewKey, Principal, Scope } from './access/key-ring.ts';
export {
  defaultSource,
  hashSecret,
  isScope,
  KeyRing,
  mayUseType,
  newKey,
  SCOPES,
} from './access/key-ring.ts';
