import { getRouteApi } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { topicsQuery } from '../../api/devices.ts';
import type { MqttTopicResource } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { formatCount } from '../../lib/format.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LINK } from '../../ui/links.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { readDeviceSearch } from './device-search.ts';
import { TopicDetail } from './topic-detail.tsx';

const route = getRouteApi('/shell/devices');

const COLUMNS: readonly Column<MqttTopicResource>[] = [
  {
    id: 'topic',
    header: 'Topic',
    width: 'minmax(0, 1.5fr)',
    cell: ({ topic }) => (
      <route.Link
        to="."
        search={(before) => ({ ...before, topic })}
        title={topic}
        className={`${LINK} font-mono text-xs`}
      >
        {topic}
      </route.Link>
    ),
  },
  {
    id: 'payload',
    header: 'Last payload',
    width: 'minmax(0, 1fr)',
    phone: false,
    cell: ({ payload }) => <span className="font-mono text-xs text-ink-2">{payload}</span>,
  },
  {
    id: 'messages',
    header: 'Messages',
    width: '5rem',
    align: 'end',
    phone: false,
    cell: ({ messages }) => <span className="tabular-nums">{formatCount(messages)}</span>,
  },
  {
    id: 'last',
    header: 'Last',
    width: '5rem',
    align: 'end',
    cell: ({ lastAt }) => <Time at={lastAt} />,
  },
];

interface TopicsViewProps {
  readonly prefix: string | undefined;
  readonly topic: string | undefined;
}

export function TopicsView({ prefix, topic }: TopicsViewProps) {
  const paged = usePagedRows(topicsQuery(prefix));
  const chosen = paged.rows.find((row) => row.topic === topic);
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={cx(
          'flex min-h-0 min-w-0 flex-1 flex-col',
          topic !== undefined && 'max-lg:hidden',
        )}
      >
        <PagedTable
          label="Live topics"
          columns={COLUMNS}
          paged={paged}
          problem="Topics cannot be listed"
          rowKey={(row) => row.topic}
          chosen={topic}
          empty={<NoTopics filtered={prefix !== undefined} />}
        />
      </div>
      {topic !== undefined && (
        <div className="min-h-0 w-full overflow-y-auto border-line lg:w-[32rem] lg:shrink-0 lg:border-l">
          <div className="border-b border-line px-3 py-2">
            <route.Link
              to="."
              search={(before) => readDeviceSearch({ ...before, topic: undefined })}
              className={buttonClass('quiet', 'small')}
            >
              <ArrowLeft aria-hidden size={14} />
              All topics
            </route.Link>
          </div>
          {chosen === undefined && !paged.loading && (
            <Empty title="Nothing came here lately">
              Topics stand here once a message comes, since the server started.
            </Empty>
          )}
          {chosen !== undefined && (
            <TopicDetail key={chosen.topic} topic={chosen} topics={paged.rows} />
          )}
        </div>
      )}
    </div>
  );
}

function NoTopics({ filtered }: { readonly filtered: boolean }) {
  return (
    <Empty
      title={filtered ? 'No live topic begins so' : 'No message yet'}
      command={`mosquitto_pub -h HOST -p 1883 -u device -P KEY -q 1 -t home/kitchen/door -m '{"id":"1","open":true}'`}
    >
      Topics that devices publish to stand here, with the last message. Pick one to see the lines
      that make its messages events.
    </Empty>
  );
}
