import { Tag } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  GET: 'busy',
  POST: 'go',
  PUT: 'care',
  PATCH: 'care',
  DELETE: 'stop',
};

export function Method({ method }: { readonly method: string }) {
  return (
    <Tag tone={TONES[method] ?? 'rest'}>
      <span className="font-mono text-2xs">{method}</span>
    </Tag>
  );
}
