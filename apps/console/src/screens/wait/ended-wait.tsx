import { CircleCheck, CircleMinus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { WaitResource } from '@holdfast/core';
import type { OpenWait } from '@holdfast/core';
import { endingOf, questionOf } from './wait-story.ts';

interface EndedWaitProps {
  readonly wait: OpenWait;
  readonly state: WaitResource['state'];
  /** This page ended it. */
  readonly mine: boolean;
}

export function EndedWait({ wait, state, mine }: EndedWaitProps) {
  const { title, text, good } = endingOf(state, mine);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (mine) heading.current?.focus();
  }, [mine]);
  const Icon = good ? CircleCheck : CircleMinus;
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 text-center">
      <Icon aria-hidden size={64} strokeWidth={1.5} className={good ? 'text-go' : 'text-ink-3'} />
      <h1 ref={heading} tabIndex={-1} className="text-2xl leading-8 font-semibold outline-none">
        {title}
      </h1>
      <p className="text-ink-2">{text}</p>
      <p className="mt-2 rounded-lg border border-line bg-surface px-4 py-3 text-ink-2">
        {questionOf(wait)}
      </p>
    </div>
  );
}
