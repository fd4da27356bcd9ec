import { Eye } from 'lucide-react';
import { useMemo, useState } from 'react';
import { clientsQuery } from '../../api/devices.ts';
import type { MqttClientResource } from '@holdfast/core';
import { formatCount, plural } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';

export function ClientTable({ prefix }: { readonly prefix: string | undefined }) {
  const paged = usePagedRows(clientsQuery(prefix));
  const [looked, setLooked] = useState<string | null>(null);
  const client = paged.rows.find(({ clientId }) => clientId === looked);
  const columns = useMemo(() => columnsOf(setLooked), []);
  return (
    <>
      <PagedTable
        label="MQTT clients"
        columns={columns}
        paged={paged}
        problem="Clients cannot be listed"
        rowKey={({ clientId }) => clientId}
        empty={
          <Empty
            title={prefix === undefined ? 'No device is connected' : 'No client id begins so'}
            command="mosquitto_sub -h HOST -p 1883 -u device -P KEY -t 'home/#' -v"
          >
            A device connects by MQTT 3.1.1 with a key as its password; the name is free.
          </Empty>
        }
      />
      {client !== undefined && <ClientDialog client={client} onClose={() => setLooked(null)} />}
    </>
  );
}

function columnsOf(onLook: (clientId: string) => void): readonly Column<MqttClientResource>[] {
  return [
    {
      id: 'client',
      header: 'Client id',
      width: 'minmax(0, 1.5fr)',
      cell: ({ clientId }) => <span className="font-mono text-xs">{clientId}</span>,
    },
    { id: 'key', header: 'Key', phone: false, cell: ({ key }) => key.name },
    {
      id: 'address',
      header: 'Address',
      phone: false,
      cell: ({ address }) => <span className="font-mono text-xs">{address ?? '–'}</span>,
    },
    {
      id: 'subscriptions',
      header: 'Subscriptions',
      width: 'minmax(0, 1.5fr)',
      phone: false,
      cell: ({ subscriptions }) => (
        <span className="font-mono text-xs text-ink-2">
          {subscriptions.length === 0 ? '–' : subscriptions.map(({ filter }) => filter).join('  ')}
        </span>
      ),
    },
    {
      id: 'owed',
      header: 'Owed',
      width: '4rem',
      align: 'end',
      phone: false,
      cell: ({ owed }) => <span className="tabular-nums">{formatCount(owed)}</span>,
    },
    {
      id: 'since',
      header: 'Connected',
      width: '6rem',
      align: 'end',
      cell: ({ connectedAt }) => <Time at={connectedAt} />,
    },
    {
      id: 'look',
      header: 'Look',
      quiet: true,
      width: '2rem',
      align: 'end',
      cell: ({ clientId }) => (
        <IconButton
          label={`Look at ${clientId}`}
          className="size-7"
          onClick={() => onLook(clientId)}
        >
          <Eye aria-hidden size={14} />
        </IconButton>
      ),
    },
  ];
}

interface ClientDialogProps {
  readonly client: MqttClientResource;
  readonly onClose: () => void;
}

function ClientDialog({ client, onClose }: ClientDialogProps) {
  const { clientId, key, address, connectedAt, clean, subscriptions, owed } = client;
  return (
    <Dialog title={clientId} onClose={onClose} width="wide">
      <Facts>
        <Fact name="Key">
          {key.name} <span className="font-mono text-xs text-ink-2">{key.id}</span>
        </Fact>
        <Fact name="Address" mono>
          {address ?? 'not known'}
        </Fact>
        <Fact name="Connected">
          <Time at={connectedAt} />
        </Fact>
        <Fact name="Session">
          {clean ? 'ends with the connection' : 'persistent: kept while it is away'}
        </Fact>
        <Fact name="Owed">{plural(owed, 'delivery', 'deliveries')} not acknowledged</Fact>
      </Facts>
      <h3 className="mt-4 mb-1 font-medium">Subscriptions</h3>
      {subscriptions.length === 0 && <p className="text-ink-2">None.</p>}
      <ul className="flex flex-col">
        {subscriptions.map(({ filter, qos }) => (
          <li
            key={filter}
            className="flex justify-between gap-3 border-b border-line py-1.5 last:border-b-0"
          >
            <span className="min-w-0 font-mono text-xs leading-5 break-all">{filter}</span>
            <span className="shrink-0 text-xs text-ink-2">QoS {qos}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
