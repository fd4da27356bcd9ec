import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Json } from '@holdfast/core';
import type { MqttTopicResource } from '@holdfast/core';
import { eventTypesQuery } from '../../api/event-types.ts';
import { formatBytes, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { CodeLines } from './code-lines.tsx';
import { PayloadView } from './payload-view.tsx';
import { SourceForm } from './source-form.tsx';
import { eventCode, sourceLines } from './source-lines.ts';
import type { SourceChoice } from './source-lines.ts';
import {
  extractions,
  filterOf,
  guessSource,
  jsonOf,
  matches,
  notForSources,
} from './topic-guess.ts';

interface TopicDetailProps {
  readonly topic: MqttTopicResource;
  /** All that are loaded. */
  readonly topics: readonly MqttTopicResource[];
}

/** One live topic, and how its messages become events. */
export function TopicDetail({ topic, topics }: TopicDetailProps) {
  const { messages, lastAt, qos, retain, bytes } = topic;
  const reserved = notForSources(topic.topic);
  return (
    <div className="flex flex-col gap-3 p-3 md:p-4">
      <div>
        <h2 className="font-mono text-sm font-semibold break-all">{topic.topic}</h2>
        <p className="text-ink-2">
          {plural(messages, 'message')}, last <Time at={lastAt} />, QoS {qos}
          {retain && ', retained'}, {formatBytes(bytes)}
        </p>
      </div>
      <Panel title="Last message">
        <div className="p-3">
          <PayloadView message={topic} label={`Last message at ${topic.topic}`} />
        </div>
      </Panel>
      {reserved === null ? (
        <MakeEvent topic={topic} topics={topics} />
      ) : (
        <p className="text-ink-2">{reserved}</p>
      )}
    </div>
  );
}

function MakeEvent({ topic, topics }: TopicDetailProps) {
  const payload = jsonOf(topic);
  const [guess] = useState(() => {
    const others = topics.map((one) => ({ topic: one.topic, payload: jsonOf(one) }));
    return guessSource({ topic: topic.topic, payload }, others);
  });
  const [levels, setLevels] = useState(guess.levels);
  const [choice, setChoice] = useState(guess.choice);
  const types = useQuery(eventTypesQuery()).data;
  const source: SourceChoice = { ...choice, mqtt: filterOf(topic.topic, levels) };
  const known = types?.some(({ type }) => type === choice.type) === true;
  const taken = topics.filter((one) => matches(source.mqtt, one.topic)).length;
  return (
    <Panel title="Make it an event">
      <div className="flex flex-col gap-4 p-3">
        <Warnings topic={topic} payload={payload} withId={choice.id !== null} />
        <SourceForm
          topic={topic.topic}
          levels={levels}
          onLevels={setLevels}
          choice={choice}
          onChoice={setChoice}
          places={extractions(topic.topic, payload)}
          types={types?.map(({ type }) => type) ?? []}
          taken={taken}
        />
        <CodeLines title="holdfast.release.yaml" text={sourceLines(source)} />
        {!known && payload !== undefined && (
          <CodeLines
            title="No active release defines the event yet: in the code"
            text={eventCode(choice.type, payload)}
          />
        )}
        <Becomes source={source} topic={topic.topic} payload={payload} />
      </div>
    </Panel>
  );
}

interface WarningsProps {
  readonly topic: MqttTopicResource;
  readonly payload: Json | undefined;
  readonly withId: boolean;
}

function Warnings({ topic, payload, withId }: WarningsProps) {
  const cut = topic.encoding === 'utf8' && topic.payload.length < topic.bytes;
  return (
    <>
      {payload === undefined && !cut && (
        <p className="rounded-md bg-care-wash px-3 py-2 text-care">
          The last message is not JSON. An event&apos;s payload must be: messages like this one
          would go to quarantine. Have the device publish JSON.
        </p>
      )}
      {payload !== undefined && !withId && (
        <p className="text-ink-2">
          Without an id a message that the device sends twice is two events.
        </p>
      )}
    </>
  );
}

interface BecomesProps {
  readonly source: SourceChoice;
  readonly topic: string;
  readonly payload: Json | undefined;
}

/** What the last message would have been. */
function Becomes({ source, topic, payload }: BecomesProps) {
  if (payload === undefined) return null;
  const places = extractions(topic, payload);
  const taken = (written: string | null): string =>
    written === null
      ? 'none'
      : (places.find((place) => place.written === written)?.value ?? 'not there');
  const facts = [
    ['type', source.type],
    ['source', `/topics/${topic}`],
    ['id', source.id === null ? 'made at each message' : taken(source.id)],
    ['correlation', taken(source.correlation)],
    ['subject', taken(source.subject)],
  ] as const;
  return (
    <div>
      <h3 className="mb-1 text-xs font-medium text-ink-2">The last message would be this event</h3>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="font-mono break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
