/**
 * The text that Prometheus reads (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
 *
 * @module
 */
import type { HistogramSnapshot } from '@holdfast/core';
import { METRICS } from './metric-catalogue.ts';
import type { MetricName, MetricSpec } from './metric-catalogue.ts';

export const EXPOSITION_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

/** Samples of one scrape. Families come out whole and in the catalogue's order, whatever order they were put in. */
export class Exposition {
  readonly #samples = new Map<MetricName, string[]>();

  /** A sample of a counter or a gauge. @throws RangeError for labels other than the catalogue's. */
  value(name: MetricName, value: number, labels: Labels = {}): void {
    const spec = specOf(name, labels);
    if (spec.type === 'histogram') throw new RangeError(`${name} is a histogram`);
    this.#add(name, `${name}${labelText(spec, labels)} ${numberText(value)}`);
  }

  /** All samples of a histogram. */
  histogram(name: MetricName, snapshot: HistogramSnapshot, labels: Labels = {}): void {
    const spec = specOf(name, labels);
    if (spec.type !== 'histogram') throw new RangeError(`${name} is no histogram`);
    const { bounds, counts, sum } = snapshot;
    let below = 0;
    for (const [i, count] of counts.entries()) {
      below += count;
      const le = numberText(bounds[i] ?? Number.POSITIVE_INFINITY);
      this.#add(name, `${name}_bucket${labelText(spec, labels, le)} ${below}`);
    }
    const text = labelText(spec, labels);
    this.#add(name, `${name}_sum${text} ${numberText(sum)}`);
    this.#add(name, `${name}_count${text} ${below}`);
  }

  /** Samples of several families under the same labels: a number, or all samples of a histogram. */
  all(
    samples: Readonly<Partial<Record<MetricName, number | HistogramSnapshot>>>,
    labels: Labels = {},
  ): void {
    for (const [name, sample] of Object.entries(samples)) {
      if (typeof sample === 'number') this.value(name as MetricName, sample, labels);
      else this.histogram(name as MetricName, sample, labels);
    }
  }

  /** A sample of one family for each of its counts, which are told apart by `label`. */
  each(
    name: MetricName,
    label: string,
    counts: Readonly<Record<string, number>>,
    labels: Labels = {},
  ): void {
    for (const [which, count] of Object.entries(counts))
      this.value(name, count, { ...labels, [label]: which });
  }

  /** A family without a sample is left out. */
  toString(): string {
    const lines: string[] = [];
    for (const [name, { type, help }] of Object.entries(METRICS)) {
      const samples = this.#samples.get(name as MetricName);
      if (samples === undefined) continue;
      lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...samples);
    }
    return `${lines.join('\n')}\n`;
  }

  #add(name: MetricName, line: string): void {
    const samples = this.#samples.get(name);
    if (samples === undefined) this.#samples.set(name, [line]);
    else samples.push(line);
  }
}

function specOf(name: MetricName, labels: Labels): MetricSpec {
  const spec: MetricSpec = METRICS[name];
  const fits =
    Object.keys(labels).length === spec.labels.length &&
    spec.labels.every((label) => labels[label] !== undefined);
  if (!fits) throw new RangeError(`${name} has the labels ${spec.labels.join(', ') || 'none'}`);
  return spec;
}

function labelText(spec: MetricSpec, labels: Labels, le?: string): string {
  const pairs = spec.labels.map((label) => `${label}="${escapeLabel(labels[label] ?? '')}"`);
  if (le !== undefined) pairs.push(`le="${le}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
