import { fileURLToPath } from 'node:url';
import { cliReference } from './cli-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { manPage } from './man-page.ts';
import { metricsReference } from './metrics-reference.ts';

const page = (name: string): string =>
  fileURLToPath(new URL(`../../../../docs/reference/${name}`, import.meta.url));

export const REFERENCE_PAGES = [
  { path: page('configuration.md'), render: configurationReference },
  { path: page('cli.md'), render: cliReference },
  { path: page('holdfast.1'), render: manPage },
  { path: page('metrics.md'), render: metricsReference },
] as const;
