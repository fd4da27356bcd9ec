/**
 * Sends the answer to a wait, and sends the same again where the connection failed.
 *
 * Invariants:
 * 1. What was answered is kept until the server has said what became of it: nothing has to be typed twice.
 * 2. Sending again is safe: a wait is ended once. When a try that broke had arrived after all, the next one is told that
 *    the wait has ended, and how it ended tells whether it was this answer.
 *
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@holdfast/sdk/client';
import type { Fault, Json } from '@holdfast/core';
import { api, describeError } from '../../api/client.ts';

type WaitAnswer =
  | { readonly as: 'completed'; readonly payload: Json }
  | { readonly as: 'failed'; readonly message: string };

export interface Answering {
  readonly busy: boolean;
  /** How this page ended it; null: it has not. */
  readonly done: 'completed' | 'failed' | null;
  /** How it tried to, and was told at a later try that the wait has ended: if it ended so, it was this page. */
  readonly tried: 'completed' | 'failed' | null;
  /** Not sent, and kept to be sent again. */
  readonly unsent: WaitAnswer | null;
  /** What the server has against the answer. */
  readonly refused: { readonly message: string; readonly faults: readonly Fault[] } | null;
  readonly send: (answer: WaitAnswer) => void;
  /** Lets go of what was not sent or not taken: something else is to be answered. */
  readonly forget: () => void;
}

/** @param onEnded it turned out to have ended already: ask how */
export function useAnswer(token: string, onEnded: () => void): Answering {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Answering['done']>(null);
  const [tried, setTried] = useState<Answering['tried']>(null);
  const [unsent, setUnsent] = useState<WaitAnswer | null>(null);
  const [refused, setRefused] = useState<Answering['refused']>(null);
  const sending = useRef(false);

  const send = useCallback(
    (answer: WaitAnswer): void => {
      if (sending.current) return;
      sending.current = true;
      setBusy(true);
      setRefused(null);
      void deliver(token, answer)
        .then((result) => {
          setUnsent(result.kind === 'unsent' ? answer : null);
          if (result.kind === 'done') setDone(answer.as);
          if (result.kind === 'ended') {
            if (unsent !== null) setTried(answer.as);
            onEnded();
          }
          if (result.kind === 'refused') setRefused(result);
        })
        .finally(() => {
          sending.current = false;
          setBusy(false);
        });
    },
    [token, unsent, onEnded],
  );

  useEffect(() => {
    if (unsent === null) return undefined;
    const again = (): void => send(unsent);
    window.addEventListener('online', again);
    return () => window.removeEventListener('online', again);
  }, [unsent, send]);

  const forget = useCallback((): void => {
    setUnsent(null);
    setRefused(null);
  }, []);
  return { busy, done, tried, unsent, refused, send, forget };
}

type Delivery =
  | { readonly kind: 'done' | 'ended' | 'unsent' }
  | { readonly kind: 'refused'; readonly message: string; readonly faults: readonly Fault[] };

async function deliver(token: string, answer: WaitAnswer): Promise<Delivery> {
  try {
    if (answer.as === 'completed') await api().waits.complete({ token }, answer.payload);
    else await api().waits.fail({ token }, answer.message);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) {
      return { kind: 'unsent' };
    }
    if (error.code === 'wait.closed') return { kind: 'ended' };
    return { kind: 'refused', message: describeError(error).message, faults: error.faults };
  }
}
