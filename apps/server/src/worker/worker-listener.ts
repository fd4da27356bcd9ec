/** A worker's own small listener: whether it is well, whether it takes commands, and its figures. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { RequestListener, Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { HoldfastError } from '@holdfast/core';
import type { ListenerSettings } from '../config/settings.ts';
import type { WorkerLoop } from './worker-loop.ts';

export interface WorkerListener {
  readonly url: string;
  close(): Promise<void>;
}

type Shown = Pick<WorkerLoop, 'ready' | 'inFlight' | 'totals'>;

/** @throws HoldfastError `port.taken` */
export async function listenWorker(
  worker: Shown,
  { host, port, tls }: ListenerSettings,
): Promise<WorkerListener> {
  const handle = answering(worker);
  const server: Server =
    tls === null
      ? createServer(handle)
      : createTlsServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new HoldfastError('port.taken', `port ${port} of ${host} is taken`, { cause: error })
          : error,
      );
    });
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${shown}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answering(worker: Shown): RequestListener {
  return ({ method, url }, response) => {
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const path = url?.split('?')[0];
    if (method !== 'GET' && method !== 'HEAD') json(405, { status: 'method_not_allowed' });
    else if (path === '/health') json(200, { status: 'ok' });
    else if (path === '/ready')
      json(worker.ready ? 200 : 503, { status: worker.ready ? 'ready' : 'not_ready' });
    else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(metricsText(worker));
    } else json(404, { status: 'not_found' });
  };
}

function metricsText({ inFlight, ready, totals }: Shown): string {
  const results = Object.entries(totals).map(
    ([result, count]) => `holdfast_worker_results_total{result="${result}"} ${count}`,
  );
  return [
    '# HELP holdfast_worker_commands_in_flight Commands leased and not yet answered for.',
    '# TYPE holdfast_worker_commands_in_flight gauge',
    `holdfast_worker_commands_in_flight ${inFlight}`,
    '# HELP holdfast_worker_ready Whether the worker has joined and takes commands.',
    '# TYPE holdfast_worker_ready gauge',
    `holdfast_worker_ready ${ready ? 1 : 0}`,
    '# HELP holdfast_worker_results_total Results that the server has taken, by type, and those it refused.',
    '# TYPE holdfast_worker_results_total counter',
    ...results,
    '',
  ].join('\n');
}
