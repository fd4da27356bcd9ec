import { useQuery } from '@tanstack/react-query';
import { infoQuery } from '../../api/queries.ts';
import { formatCount } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';

export function TodayScreen() {
  const info = useQuery(infoQuery());
  return (
    <Page title="Today">
      {info.error !== null && <Problem error={info.error} />}
      {info.isPending && <Loading />}
      {info.data !== undefined && (
        <div className="p-3 md:p-4">
          <Panel title="Instances">
            <dl className="grid grid-cols-2 gap-px sm:grid-cols-4">
              {Object.entries(info.data.counts.instances).map(([status, count]) => (
                <div key={status} className="p-3">
                  <dt>
                    <Badge status={status} />
                  </dt>
                  <dd className="mt-1 text-lg font-semibold tabular-nums">{formatCount(count)}</dd>
                </div>
              ))}
            </dl>
          </Panel>
        </div>
      )}
    </Page>
  );
}
