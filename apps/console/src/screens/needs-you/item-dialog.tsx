import type { AttentionGroup, AttentionItem } from '@holdfast/core';
import { Dialog } from '../../ui/dialog.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { EffectLink, InstanceLink } from '../../ui/links.tsx';
import { Time } from '../../ui/time.tsx';
import { previewOf } from './act-words.ts';
import { FireList } from './fire-list.tsx';
import { nameOf } from './item-table.tsx';

interface ItemDialogProps {
  readonly group: AttentionGroup;
  readonly item: AttentionItem;
  readonly onClose: () => void;
}

/** One thing that needs a person, in full. */
export function ItemDialog({ group, item, onClose }: ItemDialogProps) {
  const { saga, key, run, commandId, quarantineId, at, message, next } = item;
  return (
    <Dialog title={nameOf(item)} onClose={onClose} width="wide">
      <div className="flex flex-col gap-4">
        <p className="rounded-md border border-line bg-sunken px-3 py-2 break-words">{message}</p>
        <Facts>
          {saga !== null && key !== null && (
            <Fact name="Instance">
              <InstanceLink saga={saga} instance={key} full />
              {run !== null && run > 1 && <span className="text-ink-2"> run {run}</span>}
            </Fact>
          )}
          {commandId !== null && (
            <Fact name="Effect">
              <span className="break-all">
                <EffectLink commandId={commandId}>{commandId}</EffectLink>
              </span>
            </Fact>
          )}
          {quarantineId !== null && (
            <Fact name="Quarantine" mono>
              {quarantineId}
            </Fact>
          )}
          <Fact name="Since">
            <Time at={at} />
          </Fact>
          <Fact name="A redrive">{next ?? 'could do nothing here'}</Fact>
        </Facts>
        {group.kind !== 'quarantine' && <FireList preview={previewOf([item], 1)} group={group} />}
      </div>
    </Dialog>
  );
}
