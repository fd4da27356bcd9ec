import type { AttentionGroup, AttentionItem } from '@holdfast/core';
import { Dialog } from '../../ui/dialog.tsx';
import { EffectLink, InstanceLink } from '../../ui/links.tsx';
import { Time } from '../../ui/time.tsx';
import { previewOf } from './act-words.ts';
import { FireList } from './fire-list.tsx';
import { nameOf } from './item-table.tsx';

interface ItemDialogProps {
  readonly kind: AttentionGroup['kind'];
  readonly item: AttentionItem;
  readonly onClose: () => void;
}

/** One thing that needs a person, in full. */
export function ItemDialog({ kind, item, onClose }: ItemDialogProps) {
  const { saga, key, run, commandId, quarantineId, at, message, next } = item;
  return (
    <Dialog title={nameOf(item)} onClose={onClose} width="wide">
      <div className="flex flex-col gap-4">
        <p className="rounded-md border border-line bg-sunken px-3 py-2 break-words">{message}</p>
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5">
          {saga !== null && key !== null && (
            <>
              <dt className="text-ink-2">Instance</dt>
              <dd>
                <InstanceLink saga={saga} instance={key} full />
                {run !== null && run > 1 && <span className="text-ink-2"> run {run}</span>}
              </dd>
            </>
          )}
          {commandId !== null && (
            <>
              <dt className="text-ink-2">Effect</dt>
              <dd className="break-all">
                <EffectLink commandId={commandId}>{commandId}</EffectLink>
              </dd>
            </>
          )}
          {quarantineId !== null && (
            <>
              <dt className="text-ink-2">Quarantine</dt>
              <dd className="font-mono text-xs leading-5">{quarantineId}</dd>
            </>
          )}
          <dt className="text-ink-2">Since</dt>
          <dd>
            <Time at={at} />
          </dd>
          <dt className="text-ink-2">A redrive</dt>
          <dd>{next ?? 'could do nothing here'}</dd>
        </dl>
        {kind !== 'quarantine' && <FireList preview={previewOf([item], 1)} kind={kind} />}
      </div>
    </Dialog>
  );
}
