import { useQuery } from '@tanstack/react-query';
import { overviewQuery } from '../../api/queries.ts';
import { Command } from '../../ui/command.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { FIRST_ORDER } from '../../lib/commands.ts';
import { Gauges } from './gauges.tsx';
import { Health } from './health.tsx';
import { Lost } from './lost.tsx';

/** Is anything lost, is it well, and what moves. */
export function TodayScreen() {
  const overview = useQuery(overviewQuery());
  return (
    <Page title="Today">
      <div className="flex flex-col gap-3 p-3 md:p-4">
        {overview.error !== null && (
          <Problem
            error={overview.error}
            title="The overview cannot be read"
            onRetry={() => void overview.refetch()}
          />
        )}
        {overview.isPending && <Loading />}
        {overview.data !== undefined && (
          <>
            <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
              <Lost sum={overview.data.sum} />
              <Health overview={overview.data} />
            </div>
            {overview.data.sum.accepted === 0 && (
              <Panel title="Begin">
                <div className="p-3">
                  <p>
                    Nothing has been accepted yet. An event that starts a saga is the first: with
                    the restaurant running, place an order.
                  </p>
                  <Command text={FIRST_ORDER} />
                </div>
              </Panel>
            )}
            <Gauges overview={overview.data} />
          </>
        )}
      </div>
    </Page>
  );
}
