import { useId, useState } from 'react';
import type { EffectDetail, Json } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { JsonField } from '../../ui/json-field.tsx';

type Finding = 'succeeded' | 'failed' | 'retry';

const FINDINGS: readonly {
  readonly as: Finding;
  readonly text: string;
  readonly effect: string;
}[] = [
  {
    as: 'succeeded',
    text: 'It happened',
    effect: 'The saga goes on with the answer you give. Nothing is called.',
  },
  {
    as: 'failed',
    text: 'It did not happen',
    effect:
      'The saga is told that it failed, with your reason. Where it has no handler for that, it compensates. Nothing is called.',
  },
  {
    as: 'retry',
    text: 'Call it again',
    effect:
      'The outside is called once more, with the same idempotency key. If it does not honour the key, the effect may happen twice.',
  },
];

interface ResolveDialogProps {
  readonly effect: EffectDetail;
  readonly onClose: () => void;
}

/** An effect in doubt, settled by what a person found out. */
export function ResolveDialog({ effect, onClose }: ResolveDialogProps) {
  const group = useId();
  const [as, setAs] = useState<Finding | null>(null);
  const [output, setOutput] = useState('{}');
  const parsed = parseJson(output);
  const act = (reason: string): Promise<unknown> => {
    if (as === 'succeeded') {
      const known: Json = parsed.ok ? parsed.value : null;
      return api().effects.resolve(effect.commandId, { as, output: known, reason });
    }
    return api().effects.resolve(effect.commandId, { as: as ?? 'retry', reason });
  };
  const chosen = FINDINGS.find((finding) => finding.as === as);
  return (
    <ActDialog
      title={`${effect.effect}: what happened?`}
      confirm={as === 'retry' ? 'Call it again' : 'Record it'}
      danger={as === 'retry'}
      ready={as !== null && (as !== 'succeeded' || parsed.ok)}
      act={act}
      done={as === 'retry' ? `${effect.effect} is called again` : `${effect.effect} is settled`}
      onClose={onClose}
    >
      <p>
        A call went out and no answer is on record. Look at the other side for the idempotency key{' '}
        <code className="font-mono text-xs break-all">{effect.commandId}</code>, then say what you
        found.
      </p>
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">What you found</legend>
        {FINDINGS.map((finding) => (
          <label key={finding.as} className="flex items-center gap-2">
            <input
              type="radio"
              name={group}
              checked={as === finding.as}
              onChange={() => setAs(finding.as)}
            />
            {finding.text}
          </label>
        ))}
      </fieldset>
      {as === 'succeeded' && (
        <JsonField label="What the call answered, as JSON" value={output} onChange={setOutput} />
      )}
      {chosen !== undefined && (
        <p className="rounded-md bg-care-wash p-2.5 text-care">{chosen.effect}</p>
      )}
    </ActDialog>
  );
}
