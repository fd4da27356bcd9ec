import { formatAbsolute, formatMoment, parseTime } from '../lib/format.ts';

const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the server. Times in it, written in UTC, are shown in the person's zone. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split(TIME);
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <time
            // A sentence does not change its order.
            key={index}
            dateTime={part}
            title={`${formatAbsolute(parseTime(part))}\n${part}`}
            className="whitespace-nowrap"
          >
            {formatMoment(parseTime(part), Date.now())}
          </time>
        ),
      )}
    </>
  );
}
