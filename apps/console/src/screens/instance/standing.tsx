import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import type { SagaDetail, OpenStep } from '@holdfast/core';
import { explainQuery } from '../../api/queries.ts';
import type { InstanceAddress } from '../../api/queries.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Prose } from '../../ui/prose.tsx';
import { SourceLine } from '../../ui/source-line.tsx';
import { Time } from '../../ui/time.tsx';

interface StandingProps {
  readonly of: InstanceAddress;
  readonly detail: SagaDetail;
}

/** Where it is, why, and what next. */
export function Standing({ of, detail }: StandingProps) {
  const explain = useQuery(explainQuery(of));
  const { result, failure } = detail;
  return (
    <Panel title="Where it stands">
      <div className="flex flex-col gap-4 p-3">
        {explain.isPending && <Loading />}
        {explain.error !== null && (
          <Problem
            error={explain.error}
            title="It cannot be explained"
            onRetry={() => void explain.refetch()}
          />
        )}
        {explain.data !== undefined && (
          <>
            <p className="text-base leading-6">
              <Prose text={explain.data.summary} />
            </p>
            {explain.data.open.length > 0 && (
              <ul className="flex flex-col gap-3">
                {explain.data.open.map((step) => (
                  <Open
                    key={`${step.kind} ${step.step}`}
                    step={step}
                    // What the sentence above has said need not be said again: only where.
                    told={step.kind === 'failure' && explain.data.summary.includes(step.text)}
                  />
                ))}
              </ul>
            )}
            {explain.data.next.length > 0 && (
              <div>
                <h3 className="mb-1 text-xs font-semibold text-ink-2">What next</h3>
                <ul className="flex flex-col gap-1">
                  {explain.data.next.map((text) => (
                    <li key={text} className="flex items-start gap-2">
                      <ArrowRight aria-hidden size={14} className="mt-0.5 shrink-0 text-ink-3" />
                      <span className="min-w-0">
                        <Prose text={text} />
                      </span>
                    </li>
                  ))}
                </ul>
              </div>
            )}
            {explain.data.parked > 0 && (
              <p className="text-care">
                {explain.data.parked} later events are parked behind it, in order.
              </p>
            )}
          </>
        )}
        {result !== null && (
          <div>
            <h3 className="mb-1 text-xs font-semibold text-ink-2">Result</h3>
            <JsonView value={result} label="Result" />
          </div>
        )}
        {failure !== null && explain.data === undefined && (
          <div>
            <h3 className="mb-1 text-xs font-semibold text-ink-2">Failure</h3>
            <JsonView value={failure} label="Failure" />
          </div>
        )}
      </div>
    </Panel>
  );
}

interface OpenProps {
  readonly step: OpenStep;
  readonly told: boolean;
}

function Open({ step, told }: OpenProps) {
  return (
    <li className="flex flex-col gap-1.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="min-w-0">{told ? 'It stands here:' : <Prose text={step.text} />}</span>
        <span className="text-xs text-ink-3">
          since <Time at={step.since} />
        </span>
      </p>
      {step.at !== null && <SourceLine place={step.at} />}
    </li>
  );
}
