import { useId, useState } from 'react';
import type { EffectDetail, Json, ResolveEffectBody } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { readJson } from '../../lib/json-text.ts';

type As = ResolveEffectBody['as'];

const CHOICES: readonly { readonly as: As; readonly title: string; readonly what: string }[] = [
  {
    as: 'succeeded',
    title: 'It happened',
    what: 'The saga goes on with the output you give, as if the target had answered it.',
  },
  {
    as: 'failed',
    title: 'It did not happen',
    what: 'The saga is told your reason as a certain failure; without a handler it undoes what it did.',
  },
  {
    as: 'retry',
    title: 'Call it again',
    what: 'The target is called once more with the same idempotency key. Right only where it honours the key, or where you know that the first call never arrived.',
  },
];

interface ResolveDialogProps {
  readonly effect: Pick<EffectDetail, 'commandId' | 'effect' | 'key'>;
  readonly onClose: () => void;
}

/** What a person found out about a call without an answer. */
export function ResolveDialog({ effect, onClose }: ResolveDialogProps) {
  const [as, setAs] = useState<As | null>(null);
  const [output, setOutput] = useState('');
  const outputId = useId();
  const read = readJson(output);
  const ready = as !== null && (as !== 'succeeded' || read.ok);
  const act = async (reason: string): Promise<unknown> => {
    if (as === null) return undefined;
    return api().effects.resolve(effect.commandId, bodyOf(as, reason, read.ok ? read.value : null));
  };
  return (
    <ActDialog
      title={`Resolve ${effect.effect} of ${effect.key}`}
      confirm="Resolve"
      ready={ready}
      act={act}
      done={`${effect.effect} of ${effect.key} is resolved`}
      onClose={onClose}
    >
      <p>
        A call was made and no answer came. Look at the target, by the idempotency key{' '}
        <code className="font-mono text-xs break-all">{effect.commandId}</code>, and say what you
        found.
      </p>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-xs font-medium text-ink-2">What did you find?</legend>
        {CHOICES.map((choice) => (
          <label
            key={choice.as}
            className="flex cursor-pointer items-start gap-2 rounded-md border border-line p-2 has-checked:border-accent has-checked:bg-chosen"
          >
            <input
              type="radio"
              name="as"
              className="mt-1"
              checked={as === choice.as}
              onChange={() => setAs(choice.as)}
            />
            <span>
              <span className="font-medium">{choice.title}</span>
              <span className="block text-ink-2">{choice.what}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {as === 'succeeded' && (
        <div className="flex flex-col gap-1">
          <label htmlFor={outputId} className="text-xs font-medium text-ink-2">
            Output, as JSON; it is held against the effect’s schema
          </label>
          <textarea
            id={outputId}
            rows={3}
            spellCheck={false}
            value={output}
            aria-invalid={output !== '' && !read.ok}
            onChange={(event) => setOutput(event.target.value)}
            className="rounded-md border border-line-strong bg-surface px-2.5 py-1.5 font-mono text-xs"
          />
          {output !== '' && !read.ok && <p className="text-xs text-stop">{read.message}</p>}
        </div>
      )}
    </ActDialog>
  );
}

function bodyOf(as: As, reason: string, output: Json): ResolveEffectBody {
  return as === 'succeeded' ? { as, output, reason } : { as, reason };
}
