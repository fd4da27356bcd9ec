/** `docs/reference/metrics.md`, written from the catalogue of metrics. */
import { METRICS } from '@holdfast/gateway';
import type { MetricSpec } from '@holdfast/gateway';
import { code, markdownTable } from './markdown.ts';

const INTRO = `# Metrics

\`GET /metrics\`, in the text format of Prometheus, with a key of scope \`view\`. This page is written from the code: \`npm run reference\`.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: holdfast
    authorization: { credentials_file: /etc/prometheus/holdfast.key }
    static_configs: [{ targets: ['127.0.0.1:7420'] }]
\`\`\`

Units are base units: seconds, bytes, events. Counters and histograms count since the start of the process. The numbers are of the whole server: no label names a tenant, a key or an id, so there are as many series as sagas, effects, upstreams, routes and codes ask for, however much goes through. A family appears with its first sample: those of a saga with its first event, those of an effect with its first try.

Asking is cheap. What the engine counts are plain numbers, and it is asked for them once per scrape. What is in the database is counted in the reader's thread, each number from an index that holds just what it counts, up to a bound; a count that took a while is not made again before a hundred times that while has passed, and the last one stands until then. A part of the server that does not answer within two seconds leaves its metrics out of that scrape: \`holdfast_scrape_source_up\` says so.
`;

/** `holdfast_commit_…` is about commits. */
const SECTIONS: readonly (readonly [title: string, families: RegExp])[] = [
  ['Server', /_(build|scrape|process|thread)_/],
  ['Sagas', /_(consumer|redeliveries|processing|undecided|instances)_?/],
  ['Outbox and effects', /_(outbox|effect|effects|upstream)_/],
  ['Schedules', /_schedule/],
  ['Intake and quarantine', /_(quarantine|intake|http|mqtt|bridge)_/],
  ['Journal and store', /_(journal|commit|store)_/],
  ['Alerts', /_(alert|alerts|pings)_/],
  ['Traces', /_trace_/],
];

function unitOf(name: string): string {
  if (/_seconds(_total)?$/.test(name)) return 'seconds';
  if (name.endsWith('_bytes')) return 'bytes';
  return '';
}

function rowOf(name: string, { type, help, labels, alert = '' }: MetricSpec): readonly string[] {
  return [code(name), type, unitOf(name), labels.map(code).join(', '), help, alert];
}

export function metricsReference(): string {
  const rest = new Map<string, MetricSpec>(Object.entries(METRICS));
  const parts = [INTRO.trimEnd()];
  for (const [title, families] of SECTIONS) {
    const rows: (readonly string[])[] = [];
    for (const [name, spec] of rest) {
      if (!families.test(name)) continue;
      rows.push(rowOf(name, spec));
      rest.delete(name);
    }
    const heading = ['Metric', 'Type', 'Unit', 'Labels', '', 'Tell a person when'];
    parts.push(`## ${title}`, markdownTable(heading, rows));
  }
  if (rest.size > 0) throw new RangeError(`no section for ${[...rest.keys()].join(', ')}`);
  return `${parts.join('\n\n')}\n`;
}
