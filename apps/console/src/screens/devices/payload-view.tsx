import type { MqttRetainedResource } from '@holdfast/core';
import { formatBytes } from '../../lib/format.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { jsonOf } from './topic-guess.ts';

interface PayloadViewProps {
  readonly message: Pick<MqttRetainedResource, 'payload' | 'encoding' | 'bytes'>;
  readonly label: string;
}

/** A payload: JSON for reading, else as it is. */
export function PayloadView({ message, label }: PayloadViewProps) {
  const { payload, encoding, bytes } = message;
  const json = jsonOf(message);
  if (json !== undefined) {
    return (
      <div className="overflow-x-auto">
        <JsonView value={json} label={label} />
      </div>
    );
  }
  if (bytes === 0) return <p className="text-ink-2">Empty.</p>;
  return (
    <div className="flex flex-col gap-1">
      <pre
        aria-label={label}
        tabIndex={0}
        className="max-h-60 overflow-auto font-mono text-xs break-all whitespace-pre-wrap"
      >
        {payload}
      </pre>
      <p className="text-xs text-ink-2">
        {encoding === 'base64' ? 'Bytes, as base64' : 'Text'}
        {payload.length < bytes && `; the head of ${formatBytes(bytes)}`}
      </p>
    </div>
  );
}
