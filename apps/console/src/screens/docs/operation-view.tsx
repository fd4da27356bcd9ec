import type { ReactNode } from 'react';
import { Tag } from '../../ui/badge.tsx';
import { Command } from '../../ui/command.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Method } from './method.tsx';
import { curlOf, exampleOf, typeLine } from './openapi-model.ts';
import type { Content, Description, Operation, Parameter } from './openapi-model.ts';
import { SchemaView } from './schema-view.tsx';

interface OperationViewProps {
  readonly operation: Operation;
  readonly description: Description;
}

/** One operation in full. */
export function OperationView({ operation, description }: OperationViewProps) {
  const { method, path, summary, scope, parameters, body, responses } = operation;
  return (
    <article className="flex flex-col gap-5 p-4">
      <header className="flex flex-col gap-2">
        <h2 className="flex flex-wrap items-center gap-2 font-mono text-sm font-semibold break-all">
          <Method method={method} />
          {path}
        </h2>
        <p>
          <Code text={summary} />
        </p>
        {operation.description !== undefined && (
          <p className="text-ink-2">
            <Code text={operation.description} />
          </p>
        )}
        <p>{scope === null ? <Tag>open to all</Tag> : <Tag tone="busy">scope {scope}</Tag>}</p>
      </header>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <ul className="rounded-md border border-line">
            {parameters.map((parameter) => (
              <ParameterRow
                key={`${parameter.in} ${parameter.name}`}
                parameter={parameter}
                description={description}
              />
            ))}
          </ul>
        </Part>
      )}
      {body !== undefined && (
        <Part title={body.required === false ? 'Body, optional' : 'Body'}>
          <ContentView
            content={body}
            description={description}
            label={`Example of the body of ${operation.id}`}
          />
        </Part>
      )}
      {responses.map(({ status, answer }) => (
        <Part key={status} title={status === 'default' ? 'Any error' : `Answer ${status}`}>
          {answer.description !== undefined && (
            <p className="mb-1.5 text-ink-2">
              <Code text={answer.description} />
            </p>
          )}
          <ContentView
            content={answer}
            description={description}
            label={`Example of ${status} of ${operation.id}`}
          />
        </Part>
      ))}
      <Part title="Try it">
        <Command text={curlOf(operation, window.location.origin)} />
      </Part>
    </article>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 text-xs font-semibold text-ink-2">{title}</h3>
      {children}
    </section>
  );
}

interface ParameterRowProps {
  readonly parameter: Parameter;
  readonly description: Description;
}

function ParameterRow({ parameter, description }: ParameterRowProps) {
  const { name, in: where, required = false, schema } = parameter;
  const says = parameter.description ?? schema?.description;
  return (
    <li className="border-b border-line px-2.5 py-1.5 last:border-b-0">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-xs font-medium">{name}</span>
        <span className="text-xs text-ink-3">
          {where}
          {!required && ', optional'}
        </span>
        {schema !== undefined && (
          <span className="min-w-0 font-mono text-xs break-words text-ink-2">
            {typeLine(schema, description)}
          </span>
        )}
      </div>
      {says !== undefined && (
        <p className="text-xs text-ink-2">
          <Code text={says} />
        </p>
      )}
    </li>
  );
}

interface ContentViewProps {
  readonly content: Content;
  readonly description: Description;
  readonly label: string;
}

function ContentView({ content, description, label }: ContentViewProps) {
  const media = Object.entries(content.content ?? {});
  if (media.length === 0) return <p className="text-ink-3">No content.</p>;
  return (
    <div className="flex flex-col gap-3">
      {media.map(([type, one]) => {
        const example = exampleOf(one);
        return (
          <div key={type} className="flex flex-col gap-1.5">
            {type !== 'application/json' && <p className="font-mono text-xs text-ink-3">{type}</p>}
            {one.schema !== undefined && (
              <SchemaView schema={one.schema} description={description} />
            )}
            {example !== undefined && (
              <div className="rounded-md border border-line bg-sunken p-2.5">
                <JsonView value={example} label={label} />
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Text in which `` `this` `` is code, as the description writes it. */
function Code({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // A sentence does not change its order.
      <code key={index} className="rounded bg-sunken px-1 font-mono text-xs">
        {part}
      </code>
    ),
  );
}
