import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { controlServer } from './control.ts';
import { hostileServer } from './hostile.ts';
import { packageRoot } from './places.ts';
import type { Report } from './report.ts';

/** Both servers, and what the platforms told. */
export interface Servers {
  /** The origin of the page, the logs and the reports. */
  readonly control: string;
  /** What a column reports, once it does. */
  reportOf(column: string): Promise<Report>;
  close(): void;
}

/** Starts the hostile server, one that nobody trusts, and on a port of its own, so that they are two origins, the one that is neither. */
export async function startServers(): Promise<Servers> {
  const reports = new Map<string, PromiseWithResolvers>();
  const reportOf = (column: string): PromiseWithResolvers => {
    const present = reports.get(column) ?? promiseWithResolvers();
    reports.set(column, present);
    return present;
  };
  const hostile = hostileServer();
  const api = await listen(hostile);
  // Of the package's own tests, built with it.
  const { selfSigned } = await import(join(packageRoot, 'dist/test/support/self-signed.js')) as { selfSigned: { key: string; cert: string } };
  const secure = createSecureServer(selfSigned, (_request, response) => response.end('trusted'));
  const untrusted = (await listen(secure)).replace('http:', 'https:');
  const control = controlServer({ api, refused: await refusedAddress(), untrusted, report: (column, report) => reportOf(column).resolve(report) });
  return {
    control: await listen(control),
    reportOf: (column) => reportOf(column).promise,
    close() {
      for (const server of [hostile, secure, control]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<Report>;
  readonly resolve: (report: Report) => void;
}

function promiseWithResolvers(): PromiseWithResolvers {
  let resolve: (report: Report) => void = () => {};
  const promise = new Promise<Report>((resolver) => { resolve = resolver; });
  return { promise, resolve };
}

async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => void server.on('error', reject).listen(port, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nothing listens: a port below those that the system gives out, found free. */
async function refusedAddress(port = 24_000 + process.pid % 1_000): Promise<string> {
  const server = createServer();
  try {
    return await listen(server, port);
  } catch {
    return refusedAddress(port + 1);
  } finally {
    server.close();
  }
}
