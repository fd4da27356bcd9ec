/**
 * An act on a group or a part of it: what will happen, the outside calls it makes, the count repeated back, a reason;
 * then what was done and what was refused.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import type {
  AttentionAct,
  AttentionActAnswer,
  AttentionGroup,
  AttentionItem,
} from '@holdfast/core';
import { api } from '../../api/client.ts';
import { formatCount } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Problem, undoneTitle } from '../../ui/problem.tsx';
import { toast } from '../../ui/toast.tsx';
import { ActResult } from './act-result.tsx';
import {
  consequencesOf,
  fires,
  isDanger,
  labelOf,
  needsTyping,
  previewOf,
  things,
} from './act-words.ts';
import type { Resolution } from './act-words.ts';
import { countOf, isChosen } from './choice.ts';
import type { Choice } from './choice.ts';
import { FireList } from './fire-list.tsx';
import { ResolveChoice } from './resolve-choice.tsx';

type Output = Extract<Resolution, { readonly as: 'succeeded' }>['output'];

/** As the API bounds it. */
const MAX_REASON = 1000;

interface GroupActDialogProps {
  readonly group: AttentionGroup;
  /** Those that are loaded. */
  readonly items: readonly AttentionItem[];
  readonly act: AttentionAct;
  readonly choice: Choice;
  /** `done`: something was acted on. */
  readonly onClose: (done: boolean) => void;
}

export function GroupActDialog({ group, items, act, choice, onClose }: GroupActDialogProps) {
  const queries = useQueryClient();
  const [as, setAs] = useState<Resolution['as'] | null>(null);
  const [output, setOutput] = useState('{}');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [answer, setAnswer] = useState<AttentionActAnswer | null>(null);
  const count = countOf(choice, group.count);
  const chosen = items.filter(({ item }) => isChosen(choice, item));
  const parsed = act === 'resolve' && as === 'succeeded' ? parseOutput(output) : { value: null };
  const ready =
    reason.trim() !== '' &&
    count > 0 &&
    parsed !== null &&
    (act !== 'resolve' || as !== null) &&
    (!needsTyping(act, count) || typed.trim() === String(count));
  const title = `${labelOf(act, group.kind)} ${things(group.kind, count)}`;

  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const answered = await api().attention.act(group.id, act, {
        reason: reason.trim(),
        confirmCount: count,
        ...(choice.all ? {} : { items: chosen.map(({ item }) => item) }),
        ...(act === 'resolve' && as !== null
          ? { resolve: resolutionOf(as, parsed?.value ?? null) }
          : {}),
      });
      if (answered.refused.length === 0 && answered.left === 0) {
        toast({ tone: 'go', text: `${title}: done` });
        onClose(true);
      } else {
        setAnswer(answered);
      }
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ['attention'] });
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) void submit();
  };
  if (answer !== null) {
    return (
      <Dialog title={title} width="wide" onClose={() => onClose(true)}>
        <ActResult answer={answer} items={items} onClose={() => onClose(true)} />
      </Dialog>
    );
  }
  return (
    <Dialog title={title} width="wide" onClose={() => onClose(false)}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        {act === 'resolve' && (
          <ResolveChoice
            as={as}
            onChange={setAs}
            output={output}
            onOutput={setOutput}
            outputFaulty={parsed === null}
            count={count}
          />
        )}
        <ul className="flex list-disc flex-col gap-1 pl-5">
          {consequencesOf(act, group, count, as).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {fires(act, group.kind, as) && (
          <FireList preview={previewOf(chosen, count)} group={group} />
        )}
        <ReasonField value={reason} onChange={setReason} />
        {needsTyping(act, count) && <CountField count={count} value={typed} onChange={setTyped} />}
        {error !== null && <Problem error={error} title={undoneTitle(error)} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onClose(false)}>Back</Button>
          <Button
            type="submit"
            look={isDanger(act) ? 'danger' : 'primary'}
            busy={busy}
            disabled={!ready}
          >
            {labelOf(act, group.kind)} {formatCount(count)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function parseOutput(text: string): { readonly value: Output } | null {
  try {
    return { value: JSON.parse(text) as Output };
  } catch {
    return null;
  }
}

function resolutionOf(as: Resolution['as'], output: Output): Resolution {
  return as === 'succeeded' ? { as, output } : { as };
}

interface TextProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ReasonField({ value, onChange }: TextProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        Reason, kept in the audit log with each of them
      </label>
      <textarea
        id={id}
        required
        rows={2}
        maxLength={MAX_REASON}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-sm"
      />
    </div>
  );
}

function CountField({ count, value, onChange }: TextProps & { readonly count: number }) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        Type {count} to say that you mean all of them
      </label>
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-28 rounded-md border border-line-strong bg-surface px-2.5 tabular-nums"
      />
    </div>
  );
}
