import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/session.ts';
import type { Session } from '../api/session.ts';

/** Who is signed in. Inside the shell there is always somebody. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}
