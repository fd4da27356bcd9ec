import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { KeyResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { sessionQuery } from '../../api/session.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Badge, Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { keyState } from './key-state.ts';
import { NewKeyDialog } from './new-key-dialog.tsx';

const keysQuery = {
  queryKey: ['keys', 'list'],
  queryFn: () => api().keys.list(),
  meta: { topics: ['keys'] as const },
};

export function KeyList() {
  const query = useQuery(keysQuery);
  const session = useQuery(sessionQuery);
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<KeyResource | null>(null);
  const own = session.data?.keyId;
  const columns = useMemo(() => columnsOf(own, setRevoking), [own]);
  const rows = useMemo(
    () =>
      (query.data ?? []).toSorted(
        (one, other) =>
          Number(one.revokedAt !== null) - Number(other.revokedAt !== null) ||
          other.createdAt.localeCompare(one.createdAt),
      ),
    [query.data],
  );
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ['keys'] });
  return (
    <>
      <div className="flex items-center justify-end border-b border-line px-3 py-2 md:px-4">
        <Button
          look="primary"
          icon={<Plus aria-hidden size={14} />}
          onClick={() => setMaking(true)}
        >
          Create a key…
        </Button>
      </div>
      {query.error !== null && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      <Table
        label="Keys"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        loading={query.isPending}
        empty={
          <Empty title="No key" command="holdfast keys create kitchen --scope view,operate">
            A key lets a program or a person in:
          </Empty>
        }
      />
      {making && <NewKeyDialog onClose={() => setMaking(false)} onMade={refresh} />}
      {revoking !== null && (
        <ActDialog
          title={`Revoke ${revoking.name}`}
          confirm="Revoke"
          danger
          act={async (reason) => {
            await api().keys.revoke(revoking.id, reason);
            await refresh();
          }}
          done={`${revoking.name} is revoked`}
          onClose={() => setRevoking(null)}
        >
          <p>
            The key stops working at once, and cannot be given back its power: connections, streams
            and console sessions that use it end. What it did stays on record.
          </p>
          {revoking.id === own && (
            <p className="text-stop">
              This is the key you are signed in with: you will be signed out.
            </p>
          )}
        </ActDialog>
      )}
    </>
  );
}

function columnsOf(
  own: string | undefined,
  onRevoke: (key: KeyResource) => void,
): readonly Column<KeyResource>[] {
  return [
    {
      id: 'state',
      header: 'State',
      width: '6.5rem',
      phone: false,
      cell: (key) => {
        const state = keyState(key, Date.now());
        return <Badge status={state} tone={state === 'active' ? 'go' : 'rest'} />;
      },
    },
    {
      id: 'name',
      header: 'Name',
      width: 'minmax(0, 1.2fr)',
      cell: (key) => (
        <span title={key.id}>
          {key.name}
          {key.id === own && <span className="text-ink-2"> (yours)</span>}
          {keyState(key, Date.now()) !== 'active' && (
            <span className="text-ink-2 md:hidden"> ({keyState(key, Date.now())})</span>
          )}
        </span>
      ),
    },
    {
      id: 'tenant',
      header: 'Tenant',
      width: '7rem',
      phone: false,
      cell: ({ tenant }) => (
        <span className="font-mono text-xs">{tenant === '' ? '_' : tenant}</span>
      ),
    },
    {
      id: 'scopes',
      header: 'May',
      width: 'minmax(0, 1.4fr)',
      cell: ({ scopes }) => (
        <>
          {/* Where not all have room, it must show that there are more. */}
          <span className="text-xs md:hidden">{scopes.join(', ')}</span>
          <span className="inline-flex gap-1 max-md:hidden">
            {scopes.map((scope) => (
              <Tag key={scope} tone={scope === 'admin' ? 'care' : 'rest'}>
                {scope}
              </Tag>
            ))}
          </span>
        </>
      ),
    },
    {
      id: 'created',
      header: 'Created',
      width: '6rem',
      align: 'end',
      phone: false,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '6rem',
      align: 'end',
      phone: false,
      cell: ({ expiresAt }) =>
        expiresAt === null ? <span className="text-ink-3">never</span> : <Time at={expiresAt} />,
    },
    {
      id: 'revoke',
      header: 'Acts',
      quiet: true,
      width: '5.5rem',
      align: 'end',
      cell: (key) =>
        key.revokedAt === null ? (
          <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
            Revoke…
          </Button>
        ) : null,
    },
  ];
}
