/**
 * The page of one wait, for whoever was sent its link: a cook with one free hand. No sign-in, no navigation.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { useEffect } from 'react';
import { isNotFound } from '../../api/client.ts';
import { waitByTokenQuery } from '../../api/wait-by-token.ts';
import { Button } from '../../ui/button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { EndedWait } from './ended-wait.tsx';
import { OpenWaitForm } from './open-wait-form.tsx';
import { useAnswer } from './use-answer.ts';

const route = getRouteApi('/wait/$token');

export function WaitScreen() {
  const { token } = route.useParams();
  const query = useQuery(waitByTokenQuery(token));
  const answer = useAnswer(token, () => void query.refetch());
  const wait = query.data;

  useEffect(() => {
    document.title = 'Holdfast asks';
  }, []);

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col gap-5 px-5 pt-[max(2rem,env(safe-area-inset-top))] pb-[max(1.25rem,env(safe-area-inset-bottom))] text-base leading-6">
      {wait === undefined && query.error === null && <Loading label="Opening" />}
      {wait === undefined && query.error !== null && (
        <NotOpened
          gone={isNotFound(query.error)}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {wait !== undefined &&
        (answer.done !== null || wait.closed || wait.state !== 'open' ? (
          <EndedWait
            wait={wait}
            state={answer.done ?? wait.state}
            mine={answer.done !== null || answer.tried === wait.state}
          />
        ) : (
          <OpenWaitForm wait={wait} answer={answer} stale={query.isRefetchError} />
        ))}
      <p className="mt-auto pt-4 text-center text-xs text-ink-3">Holdfast</p>
    </main>
  );
}

interface NotOpenedProps {
  readonly gone: boolean;
  readonly busy: boolean;
  readonly onRetry: () => void;
}

function NotOpened({ gone, busy, onRetry }: NotOpenedProps) {
  return (
    <div
      role="alert"
      className="flex flex-1 flex-col items-center justify-center gap-3 text-center"
    >
      <CloudOff aria-hidden size={40} className="text-ink-3" />
      <h1 className="text-xl font-semibold">
        {gone ? 'This link leads nowhere' : 'No connection'}
      </h1>
      <p className="text-ink-2">
        {gone
          ? 'It may be cut off, or what it asked for is long over. Ask whoever sent it.'
          : 'The question could not be loaded. Check the Wi-Fi and try again.'}
      </p>
      {!gone && (
        <Button size="large" className="mt-2" busy={busy} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
