import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { attentionItemsQuery } from '../../api/attention.ts';
import type { AttentionAct, AttentionGroup, AttentionItem } from '@holdfast/core';
import { may, sessionQuery } from '../../api/session.ts';
import { formatCount } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ReleaseLink } from '../../ui/links.tsx';
import { usePagedRows } from '../../ui/paged-table.tsx';
import { Time } from '../../ui/time.tsx';
import { explanationOf, firstAct, headingOf, hintOf, labelOf } from './act-words.ts';
import { ALL, countOf, NONE, stillThere } from './choice.ts';
import type { Choice } from './choice.ts';
import { GroupActDialog } from './group-act-dialog.tsx';
import { KIND_STATUS } from './group-list.tsx';
import { ItemDialog } from './item-dialog.tsx';
import { ItemTable } from './item-table.tsx';

interface Acting {
  readonly act: AttentionAct;
  /** Fixed when the dialog opens: what is repeated back is what was looked at. */
  readonly choice: Choice;
}

/** One group: what broke, what can be done about it, and the things themselves. */
export function GroupDetail({ group }: { readonly group: AttentionGroup }) {
  const session = useQuery(sessionQuery).data;
  const paged = usePagedRows(attentionItemsQuery(group.id));
  const items = paged.rows;
  const [choice, setChoice] = useState<Choice>(NONE);
  const [acting, setActing] = useState<Acting | null>(null);
  const [looked, setLooked] = useState<AttentionItem | null>(null);
  const names = useMemo(() => items.map(({ item }) => item), [items]);
  const chosen = stillThere(choice, names);
  const count = countOf(chosen, group.count);
  const allowed = may(session, 'operate');
  return (
    <section
      aria-label={headingOf(group)}
      className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto"
    >
      <div className="flex flex-col gap-3 border-b border-line p-3 md:p-4">
        <Facts group={group} />
        {allowed ? (
          <ul aria-label="Acts" className="flex flex-col gap-2">
            {inOrder(group).map((act) => (
              <li key={act} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Button
                  look={act === firstAct(group) ? 'primary' : 'plain'}
                  className="min-w-40"
                  onClick={() => setActing({ act, choice: count === 0 ? ALL : chosen })}
                >
                  {labelOf(act, group.kind)} {amountText(count, group.count)}…
                </Button>
                <span className="min-w-0 flex-1 basis-60 text-xs text-ink-2">
                  {hintOf(act, group)}
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-ink-2">
            Your key may look at this; acting on it needs the scope operate.
          </p>
        )}
      </div>
      <ItemTable
        group={group}
        paged={paged}
        choice={chosen}
        onChoose={setChoice}
        onLook={setLooked}
        selectable={allowed && group.acts.length > 0}
      />
      {acting !== null && (
        <GroupActDialog
          group={group}
          items={items}
          act={acting.act}
          choice={acting.choice}
          onClose={(done) => {
            setActing(null);
            if (done) setChoice(NONE);
          }}
        />
      )}
      {looked !== null && (
        <ItemDialog group={group} item={looked} onClose={() => setLooked(null)} />
      )}
    </section>
  );
}

function inOrder(group: AttentionGroup): readonly AttentionAct[] {
  const first = firstAct(group);
  return first === undefined ? [] : [first, ...group.acts.filter((act) => act !== first)];
}

function amountText(count: number, total: number): string {
  if (count > 0 && count < total) return `${formatCount(count)} chosen`;
  return total === 1 ? 'it' : `all ${formatCount(total)}`;
}

function Facts({ group }: { readonly group: AttentionGroup }) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold">{headingOf(group)}</h2>
        <Badge status={KIND_STATUS[group.kind]} />
        <span className="text-ink-2 tabular-nums">
          {formatCount(group.count)}, oldest <Time at={group.oldest} />
        </span>
      </div>
      <p className="text-ink-2">{explanationOf(group.kind)}</p>
      <div className="rounded-md border border-line bg-sunken px-3 py-2">
        <p className="break-words">{group.message}</p>
        <p className="mt-1 flex flex-wrap gap-x-4 text-xs text-ink-2">
          <span className="font-mono">{group.reason}</span>
          {group.saga !== null && (
            <span>
              saga <span className="font-mono text-ink">{group.saga}</span>
            </span>
          )}
          {group.effect !== null && (
            <span>
              effect <span className="font-mono text-ink">{group.effect}</span>
            </span>
          )}
          {group.release !== null && (
            <span>
              release <ReleaseLink digest={group.release} />
            </span>
          )}
        </p>
      </div>
    </>
  );
}
