/**
 * Activate or roll back, with the preview that replays every instance in flight first, without effects: which would
 * move, which would stay, and where the first step differs.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { Activated, Rehearsal } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { plural, shortDigest } from '../../lib/format.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Problem } from '../../ui/problem.tsx';

export type Swap =
  | { readonly kind: 'activate'; readonly app: string; readonly digest: string }
  | { readonly kind: 'rollback'; readonly app: string };

/** Longest that the preview's answer is held. */
const PREVIEW_WAIT = '20s';
/** Instances that stay, listed at first. */
const SHOWN = 20;

type Stay = Rehearsal['stays'][number];

const WHY: Readonly<Record<Stay['reason'], string>> = {
  differs: 'would have decided otherwise',
  pinned: 'its saga says pin: always',
  no_saga: 'the release has no such saga',
  busy: 'kept deciding while it was looked at',
  stuck: 'the release’s program took the sandbox down',
};

function make(swap: Swap, options: { dryRun?: boolean; reason?: string }): Promise<Activated> {
  const how = { ...options, wait: PREVIEW_WAIT } as const;
  return swap.kind === 'activate'
    ? api().releases.activate(swap.digest, how)
    : api().releases.rollback(swap.app, how);
}

export function SwapDialog({
  swap,
  onClose,
}: {
  readonly swap: Swap;
  readonly onClose: () => void;
}) {
  const preview = useQuery({
    queryKey: ['releases', 'preview', swap],
    queryFn: () => make(swap, { dryRun: true }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const to = preview.data?.digest;
  return (
    <ActDialog
      title={
        swap.kind === 'activate'
          ? `Activate ${shortDigest(swap.digest)} for ${swap.app}`
          : `Roll back ${swap.app}`
      }
      confirm={swap.kind === 'activate' ? 'Activate' : 'Roll back'}
      ready={preview.data !== undefined}
      act={(reason) => make(swap, { reason })}
      done={
        swap.kind === 'activate'
          ? `${shortDigest(swap.digest)} is active for ${swap.app}`
          : `${swap.app} is rolled back`
      }
      onClose={onClose}
    >
      <p>
        New instances start on {to === undefined ? 'it' : <Digest of={to} />} from now on. Those in
        flight move where their decisions so far are the same; the others stay where they are and
        finish there.
      </p>
      {preview.isPending && <Loading label="Replaying the instances in flight" />}
      {preview.error !== null && <Problem error={preview.error} title="No preview" />}
      {preview.data !== undefined && <Preview rehearsal={preview.data.rehearsal} />}
    </ActDialog>
  );
}

function Digest({ of }: { readonly of: string }) {
  return <code className="font-mono text-xs">{shortDigest(of)}</code>;
}

/** What a rehearsal found. */
export function Preview({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { state, inFlight, examined, moved, stayed, stays, dryRun, error } = rehearsal;
  if (error !== null) return <p className="text-stop">The replay failed: {error}</p>;
  if (inFlight === 0) return <p>No instance is in flight on another release.</p>;
  return (
    <div className="flex flex-col gap-2">
      <p>
        <strong>{plural(moved, 'instance')}</strong> {dryRun ? 'would move' : 'moved'},{' '}
        <strong>{plural(stayed, 'instance')}</strong> {dryRun ? 'would stay' : 'stayed'}
        {state === 'running' && inFlight !== null && (
          <>
            {' '}
            ({examined} of {inFlight} looked at so far)
          </>
        )}
        .
      </p>
      {stays.length > 0 && (
        <ul className="max-h-56 overflow-y-auto rounded-md border border-line">
          {stays.slice(0, SHOWN).map((stay) => (
            <StayRow key={`${stay.saga}/${stay.key}/${stay.run}`} stay={stay} />
          ))}
          {stayed > SHOWN && (
            <li className="px-2.5 py-1.5 text-ink-2">
              and {plural(stayed - SHOWN, 'more', 'more')}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function StayRow({ stay }: { readonly stay: Stay }) {
  return (
    <li className="border-b border-line px-2.5 py-1.5 last:border-0">
      <InstanceLink saga={stay.saga} instance={stay.key} full />{' '}
      <span className="text-ink-2">
        {WHY[stay.reason]}
        {stay.step !== null && (
          <>
            , first at <code className="font-mono text-xs">{stay.step}</code>
          </>
        )}
      </span>
      {stay.history !== null && stay.asks !== null && (
        <dl className="mt-1 grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-2 text-xs">
          <dt className="text-ink-2">history has</dt>
          <dd className="font-mono break-words">{stay.history}</dd>
          <dt className="text-ink-2">it asks for</dt>
          <dd className="font-mono break-words">{stay.asks}</dd>
        </dl>
      )}
    </li>
  );
}
