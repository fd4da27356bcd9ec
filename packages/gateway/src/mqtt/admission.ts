/**
 * Who may connect (DESIGN, Keys): the password is the key, the user name is free. Judged when CONNECT comes, before
 * Aedes does anything in its name; what a refused client asked for is not touched.
 */
import { randomUUID } from 'node:crypto';
import type { ConnectPacket } from 'aedes';
import type { KeyRing, Principal } from '../access/key-ring.ts';
import type { Connection } from './connection.ts';
import type { TopicPlan } from './topic-plan.ts';

/** CONNACK's return codes (MQTT 3.1.1 §3.2.2.3). */
const RETURN_CODE = {
  identifier: 2,
  unavailable: 3,
  credentials: 4,
  notAuthorized: 5,
} as const;

export interface Refused {
  readonly returnCode: (typeof RETURN_CODE)[keyof typeof RETURN_CODE];
  readonly reason: string;
  /** It offered a key that does not exist. */
  readonly wrongKey?: true;
}

/** Longest client id, in UTF-16 code units. */
const MAX_CLIENT_ID = 1024;

export interface AdmissionDeps {
  readonly keyRing: Pick<KeyRing, 'authenticate'>;
  /** False while no client is taken. */
  readonly open: () => boolean;
}

interface AdmissionRules extends AdmissionDeps {
  /** Why there is no room for the client, who is known by now; null when there is. */
  readonly full: () => string | null;
}

/**
 * Judges a CONNECT and mounts what it holds: its client id and its will. Returns why it is refused, or null.
 */
export function admit(
  connection: Connection,
  packet: ConnectPacket,
  deps: AdmissionRules,
): Refused | null {
  const refused = judge(connection, packet, deps);
  // Aedes cleans up in the name of whoever it refused: that must be nobody's.
  if (refused !== null) packet.clientId = `!${randomUUID()}`;
  return refused;
}

function judge(
  connection: Connection,
  packet: ConnectPacket,
  deps: AdmissionRules,
): Refused | null {
  const { clientId, clean, password, will } = packet;
  if (!deps.open())
    return { returnCode: RETURN_CODE.unavailable, reason: 'no clients are taken now' };
  const principal =
    password === undefined ? null : deps.keyRing.authenticate(password.toString('utf8'));
  if (principal === null) {
    const returnCode = RETURN_CODE.credentials;
    return password === undefined
      ? { returnCode, reason: 'no key was given as the password' }
      : { returnCode, reason: 'the password is no valid key', wrongKey: true };
  }
  if (!principal.scopes.has('publish') && !principal.scopes.has('subscribe')) {
    return {
      returnCode: RETURN_CODE.notAuthorized,
      reason: `key ${principal.name} may neither publish nor subscribe`,
    };
  }
  if (clientId.length > MAX_CLIENT_ID || clientId.includes('\u0000')) {
    return {
      returnCode: RETURN_CODE.identifier,
      reason: `the client id is longer than ${MAX_CLIENT_ID} or holds U+0000`,
    };
  }
  if (clientId === '' && clean !== true) {
    // [MQTT-3.1.3-8]
    return {
      returnCode: RETURN_CODE.identifier,
      reason: 'a session that is kept needs a client id',
    };
  }
  const name = clientId === '' ? `auto-${randomUUID()}` : clientId;
  connection.identify(principal, name);
  packet.clientId = connection.prefix + name;
  const full = deps.full();
  if (full !== null) return { returnCode: RETURN_CODE.unavailable, reason: full };
  if (will === undefined) return null;
  const refused = judgeWill(connection, principal, will.topic);
  will.topic = connection.prefix + will.topic;
  return refused;
}

function judgeWill(connection: Connection, principal: Principal, topic: string): Refused | null {
  const why = (reason: string): Refused => ({
    returnCode: RETURN_CODE.notAuthorized,
    reason: `the will of key ${principal.name} at ${JSON.stringify(topic)}: ${reason}`,
  });
  if (topic === '' || /[+#\u0000]/.test(topic)) return why('is no topic name');
  const plan: TopicPlan = connection.planOf(topic);
  return plan.kind === 'refused' ? why(plan.reason) : null;
}
