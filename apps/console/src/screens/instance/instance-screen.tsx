import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { shellWord } from '@holdfast/core';
import type { SagaDetail } from '@holdfast/core';
import { isNotFound } from '../../api/client.ts';
import { instanceQuery, timelineQuery } from '../../api/queries.ts';
import { shortDigest } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LINK } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useBackToNewest } from '../../ui/stands-still.tsx';
import { Time } from '../../ui/time.tsx';
import { Acts } from './acts.tsx';
import { EffectLedger } from './effect-ledger.tsx';
import { Family } from './family.tsx';
import { hasEnded } from './instance-status.ts';
import type { InstanceSearch } from './instance-search.ts';
import { RunSwitch } from './run-switch.tsx';
import { Scrubber } from './scrubber.tsx';
import { Standing } from './standing.tsx';
import { Story } from './story.tsx';
import { WaitsPanel } from './waits-panel.tsx';

const route = getRouteApi('/shell/sagas/$saga/$key');

export function InstanceScreen() {
  const { saga, key } = route.useParams();
  const search = route.useSearch();
  const of = { saga, key, run: search.run };
  const instance = useQuery(instanceQuery(of));
  const windowTitle = `${key} · ${saga}`;
  if (isNotFound(instance.error)) {
    return (
      <Page title={key} windowTitle={windowTitle}>
        <Empty
          title={`There is no ${saga} with this key`}
          command={`holdfast sagas list --saga ${shellWord(saga)}`}
        >
          It may belong to another tenant, or was never started. To see what there is:
        </Empty>
      </Page>
    );
  }
  if (instance.data === undefined) {
    return (
      <Page title={key} windowTitle={windowTitle}>
        {instance.error === null ? (
          <Loading />
        ) : (
          <div className="p-4">
            <Problem error={instance.error} onRetry={() => void instance.refetch()} />
          </div>
        )}
      </Page>
    );
  }
  return <Found detail={instance.data} search={search} />;
}

interface FoundProps {
  readonly detail: SagaDetail;
  readonly search: InstanceSearch;
}

function Found({ detail, search }: FoundProps) {
  const { saga, key, run, status, version, release, updatedAt, waits } = detail;
  const navigate = route.useNavigate();
  const of = { saga, key, run: search.run };
  const told = timelineQuery(of);
  const timeline = useInfiniteQuery(told);
  const { data: parts, fetchNextPage } = timeline;
  const entries = useMemo(() => parts?.pages.toReversed().flatMap((part) => part.entries), [parts]);
  const onEarlier = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const onNewest = useBackToNewest(told.queryKey, parts);
  const change = useCallback(
    (next: InstanceSearch) => {
      void navigate({
        search: (before) => ({ ...before, ...next }),
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  const onVersion = useCallback((next: number) => change({ version: next }), [change]);
  const ended = hasEnded(status);
  const chosen = Math.min(search.version ?? version, Math.max(version, 1));
  return (
    <Page
      title={key}
      windowTitle={`${key} · ${saga}`}
      subtitle={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge status={status} />
          <Link to="/sagas" search={{ saga }} className={LINK}>
            {saga}
          </Link>
          <RunSwitch
            run={run}
            of={of}
            onRun={(next) => change({ run: next, version: undefined })}
          />
          <span className="text-xs text-ink-3">
            release{' '}
            <span className="font-mono" title={release}>
              {shortDigest(release)}
            </span>
            , changed <Time at={updatedAt} />
          </span>
        </span>
      }
      actions={
        <Acts detail={detail} isCurrentRun={search.run === undefined || search.run === run} />
      }
    >
      {/* On a phone in this order; on a wide screen what was done outside stands at the side. */}
      <div className="grid gap-3 p-3 md:p-4 xl:grid-cols-[minmax(0,1fr)_24rem] xl:grid-rows-[auto_1fr]">
        <Standing of={of} detail={detail} />
        <div className="flex min-w-0 flex-col gap-3 xl:col-start-2 xl:row-span-2 xl:row-start-1">
          <EffectLedger detail={detail} />
          {waits.length > 0 && <WaitsPanel waits={waits} />}
          <Family detail={detail} />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {timeline.error !== null && (
            <Problem error={timeline.error} title="The timeline cannot be read" />
          )}
          {entries !== undefined && (
            <Story
              entries={entries}
              earlier={Math.max(0, (parts?.pages.at(-1)?.earlier ?? 1) - 1)}
              loadingEarlier={timeline.isFetchingNextPage}
              onEarlier={onEarlier}
              onNewest={onNewest}
              live={!ended}
              view={search.story ?? 'chart'}
              onView={(story) => change({ story })}
              version={chosen}
              onVersion={onVersion}
            />
          )}
          {version > 0 && (
            <Scrubber of={of} newest={version} version={chosen} onVersion={onVersion} />
          )}
        </div>
      </div>
    </Page>
  );
}
