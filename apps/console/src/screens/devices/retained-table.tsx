import { Eye } from 'lucide-react';
import { useMemo, useState } from 'react';
import { retainedQuery } from '../../api/devices.ts';
import type { MqttRetainedResource } from '@holdfast/core';
import { formatBytes } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { PayloadView } from './payload-view.tsx';

export function RetainedTable({ prefix }: { readonly prefix: string | undefined }) {
  const paged = usePagedRows(retainedQuery(prefix));
  const [looked, setLooked] = useState<string | null>(null);
  const message = paged.rows.find(({ topic }) => topic === looked);
  const columns = useMemo(() => columnsOf(setLooked), []);
  return (
    <>
      <PagedTable
        label="Retained messages"
        columns={columns}
        paged={paged}
        problem="Retained messages cannot be listed"
        rowKey={({ topic }) => topic}
        empty={
          <Empty
            title={prefix === undefined ? 'Nothing is retained' : 'No retained topic begins so'}
            command={`mosquitto_pub -h HOST -p 1883 -u device -P KEY -q 1 -r -t home/kitchen/light -m '{"on":true}'`}
          >
            A message that is published with the retain flag is kept, and given to whoever
            subscribes later. An empty one removes it.
          </Empty>
        }
      />
      {message !== undefined && (
        <Dialog title={message.topic} width="wide" onClose={() => setLooked(null)}>
          <PayloadView message={message} label={`Retained at ${message.topic}`} />
        </Dialog>
      )}
    </>
  );
}

function columnsOf(onLook: (topic: string) => void): readonly Column<MqttRetainedResource>[] {
  return [
    {
      id: 'topic',
      header: 'Topic',
      width: 'minmax(0, 1fr)',
      cell: ({ topic }) => <span className="font-mono text-xs">{topic}</span>,
    },
    {
      id: 'payload',
      header: 'Payload',
      width: 'minmax(0, 1fr)',
      phone: false,
      cell: ({ payload }) => <span className="font-mono text-xs text-ink-2">{payload}</span>,
    },
    {
      id: 'qos',
      header: 'QoS',
      width: '3rem',
      align: 'end',
      phone: false,
      cell: ({ qos }) => <span className="tabular-nums">{qos}</span>,
    },
    {
      id: 'bytes',
      header: 'Size',
      width: '5rem',
      align: 'end',
      cell: ({ bytes }) => <span className="tabular-nums">{formatBytes(bytes)}</span>,
    },
    {
      id: 'look',
      header: 'Look',
      quiet: true,
      width: '2rem',
      align: 'end',
      cell: ({ topic }) => (
        <IconButton label={`Look at ${topic}`} className="size-7" onClick={() => onLook(topic)}>
          <Eye aria-hidden size={14} />
        </IconButton>
      ),
    },
  ];
}
