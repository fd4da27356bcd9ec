import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { attentionQuery } from '../../api/attention.ts';
import { cx } from '../../lib/class-names.ts';
import { formatCount } from '../../lib/format.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { GroupDetail } from './group-detail.tsx';
import { GroupList } from './group-list.tsx';

const route = getRouteApi('/shell/needs-you');

export function NeedsYouScreen() {
  const { group: chosen } = route.useSearch();
  const query = useQuery(attentionQuery());
  const { data } = query;
  // Where there is room for both, the first is shown until another is chosen. It stays when the order changes: what
  // stands under the buttons must not be exchanged for another group.
  const [first, setFirst] = useState<string>();
  const head = data?.groups[0]?.id;
  if (first === undefined && head !== undefined) setFirst(head);
  const shown = chosen ?? first;
  const group = data?.groups.find(({ id }) => id === shown);
  return (
    <Page
      title="Needs you"
      subtitle={data === undefined || data.total === 0 ? undefined : countText(data)}
      fill
    >
      {query.error !== null && (
        <div className="p-3 md:p-4">
          <Problem
            error={query.error}
            title="What needs you cannot be asked for"
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      {query.isPending && <Loading />}
      {data !== undefined && data.groups.length === 0 && chosen === undefined && (
        <Empty title="Nothing needs you" command="holdfast status">
          Blocked instances, effects in doubt and what is in quarantine will stand here, grouped by
          what broke. The same on the command line:
        </Empty>
      )}
      {data !== undefined && (data.groups.length > 0 || chosen !== undefined) && (
        <div className="flex min-h-0 flex-1">
          <div
            className={cx(
              'min-h-0 w-full shrink-0 overflow-y-auto border-line md:w-80 md:border-r lg:w-96',
              chosen !== undefined && 'max-md:hidden',
            )}
          >
            <GroupList groups={data.groups} chosen={shown} opened={chosen !== undefined} />
          </div>
          <div
            className={cx(
              'flex min-h-0 min-w-0 flex-1 flex-col',
              chosen === undefined && 'max-md:hidden',
            )}
          >
            {chosen !== undefined && (
              <div className="border-b border-line px-3 py-2 md:hidden">
                <route.Link to="." search={{}} className={buttonClass('quiet', 'small')}>
                  <ArrowLeft aria-hidden size={14} />
                  All that needs you
                </route.Link>
              </div>
            )}
            {group !== undefined && <GroupDetail key={group.id} group={group} />}
            {group === undefined && shown !== undefined && (
              <Empty title="This is settled">
                Nothing of this group needs anybody any more: it was acted on, or went on by itself.
              </Empty>
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

function countText({ total, more }: { readonly total: number; readonly more: boolean }): string {
  return more ? `${formatCount(total)} or more` : formatCount(total);
}
