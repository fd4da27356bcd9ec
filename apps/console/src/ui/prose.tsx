import { Fragment } from 'react';
import { formatAbsolute, formatMoment, parseTime } from '../lib/format.ts';
import { prosePartsOf } from '../lib/prose-parts.ts';

/** Breaks between words and not behind a hyphen: `--reason` stays whole, and a long id still breaks. */
function wordsOf(command: string) {
  return command.split(' ').map((word, index) => (
    <Fragment key={index}>
      {index > 0 && ' '}
      <span className="inline-block max-w-full break-all">{word}</span>
    </Fragment>
  ));
}

/** A sentence of the server. Times in it, written in UTC, are shown in the person's zone; command lines as such. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {prosePartsOf(text).map((part, index) => {
        // A sentence does not change its order: the index is its key.
        switch (part.kind) {
          case 'text':
            return part.text;
          case 'time':
            return (
              <time
                key={index}
                dateTime={part.text}
                title={`${formatAbsolute(parseTime(part.text))}\n${part.text}`}
                className="whitespace-nowrap"
              >
                {formatMoment(parseTime(part.text), Date.now())}
              </time>
            );
          case 'command':
            return (
              <code
                key={index}
                className="rounded bg-sunken box-decoration-clone px-1 py-0.5 font-mono text-xs break-words text-ink"
              >
                {wordsOf(part.text)}
              </code>
            );
        }
      })}
    </>
  );
}
