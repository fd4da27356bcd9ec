import { Eye } from 'lucide-react';
import { useMemo } from 'react';
import type { AttentionGroup, AttentionItem } from '@holdfast/core';
import { formatCount } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import type { PagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { ALL, isChosen, NONE, toggle } from './choice.ts';
import type { Choice } from './choice.ts';

interface ItemTableProps {
  readonly group: AttentionGroup;
  readonly paged: PagedRows<AttentionItem>;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly onLook: (item: AttentionItem) => void;
  readonly selectable: boolean;
}

export function ItemTable(props: ItemTableProps) {
  const { group, paged, choice, onChoose, onLook, selectable } = props;
  const items = paged.rows;
  const columns = useMemo(() => {
    const loaded = items.map(({ item }) => item);
    const check: Column<AttentionItem> = {
      id: 'chosen',
      header: 'Chosen',
      quiet: true,
      width: '1.5rem',
      cell: (row) => (
        <input
          type="checkbox"
          aria-label={`Choose ${nameOf(row)}`}
          checked={isChosen(choice, row.item)}
          onChange={() => onChoose(toggle(choice, row.item, loaded))}
          className="size-4 align-middle accent-accent-fill"
        />
      ),
    };
    return [...(selectable ? [check] : []), ...columnsOf(onLook)];
  }, [items, choice, onChoose, onLook, selectable]);
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:min-h-96">
      {selectable && items.length > 1 && (
        <label className="flex h-9 shrink-0 items-center gap-3 border-b border-line px-3 text-xs text-ink-2 md:px-4">
          <input
            type="checkbox"
            checked={choice.all}
            onChange={() => onChoose(choice.all ? NONE : ALL)}
            className="size-4 accent-accent-fill"
          />
          {choice.all || choice.items.size === 0
            ? `All ${formatCount(group.count)}`
            : `${formatCount(choice.items.size)} of ${formatCount(group.count)} chosen`}
        </label>
      )}
      <PagedTable
        label="What is in this group"
        columns={columns}
        paged={paged}
        problem="What is in this group cannot be listed"
        rowKey={({ item }) => item}
        empty={<Empty title="Nothing is left in this group" />}
      />
    </div>
  );
}

/** What a thing is called in a sentence. */
export function nameOf({ saga, key, quarantineId, commandId }: AttentionItem): string {
  if (key !== null) return saga === null ? key : `${saga} ${key}`;
  if (quarantineId !== null) return `quarantine ${quarantineId}`;
  return commandId ?? 'this';
}

function columnsOf(onLook: (item: AttentionItem) => void): readonly Column<AttentionItem>[] {
  return [
    {
      id: 'key',
      header: 'Instance',
      width: 'minmax(7rem, 1fr)',
      cell: (row) =>
        row.saga !== null && row.key !== null ? (
          <InstanceLink saga={row.saga} instance={row.key} />
        ) : (
          <span className="font-mono text-xs">{nameOf(row)}</span>
        ),
    },
    {
      id: 'message',
      header: 'What it says',
      width: 'minmax(0, 2fr)',
      phone: false,
      cell: ({ message }) => <span title={message}>{message}</span>,
    },
    {
      id: 'fires',
      header: 'A redrive would call',
      width: 'minmax(9rem, 1fr)',
      phone: false,
      cell: ({ wouldFire }) => (
        <span className="font-mono text-xs text-ink-2">
          {wouldFire.length === 0 ? '–' : wouldFire.map(({ effect }) => effect).join(', ')}
        </span>
      ),
    },
    {
      id: 'at',
      header: 'Since',
      width: '5rem',
      align: 'end',
      cell: ({ at }) => <Time at={at} />,
    },
    {
      id: 'look',
      header: 'Look',
      quiet: true,
      width: '2rem',
      align: 'end',
      cell: (row) => (
        <IconButton label={`Look at ${nameOf(row)}`} className="size-7" onClick={() => onLook(row)}>
          <Eye aria-hidden size={14} />
        </IconButton>
      ),
    },
  ];
}
