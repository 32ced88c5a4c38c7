import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../lib/paths.ts';
import type { PlatformReport } from '../platform.ts';
import { createControlServer } from './control-server.ts';
import { createScriptedServer } from './scripted-server.ts';

/** The test servers. */
export interface Servers {
  /** The origin of the control server. */
  readonly control: string;
  /** Resolves to a platform's report. */
  reportOf(platform: string): Promise<PlatformReport>;
  close(): void;
}

/** Starts the scripted server, a server with an untrusted certificate, and the control server. */
export async function startServers(): Promise<Servers> {
  const reports = new Reports();
  const scripted = createScriptedServer();
  // A module of the package's own tests.
  const { selfSigned } = await import(join(packageRoot, 'dist/test/support/self-signed.js')) as { selfSigned: { key: string; cert: string } };
  const untrusted = createSecureServer(selfSigned, (_request, response) => response.end('trusted'));
  const control = createControlServer({
    scripted: await listen(scripted),
    refusedUrl: await refusedUrl(),
    untrustedUrl: (await listen(untrusted)).replace('http:', 'https:'),
    onReport: (platform, report) => reports.get(platform).resolve(report),
  });
  return {
    control: await listen(control),
    reportOf: (platform) => reports.get(platform).promise,
    close() {
      for (const server of [scripted, untrusted, control]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

interface Deferred {
  readonly promise: Promise<PlatformReport>;
  readonly resolve: (report: PlatformReport) => void;
}

/** The reports by platform, as promises that are created by the first reader or by the report. */
class Reports {
  readonly #deferreds = new Map<string, Deferred>();

  get(platform: string): Deferred {
    const deferred = this.#deferreds.get(platform) ?? createDeferred();
    this.#deferreds.set(platform, deferred);
    return deferred;
  }
}

function createDeferred(): Deferred {
  let resolve: Deferred['resolve'] = () => {};
  const promise = new Promise<PlatformReport>((resolver) => { resolve = resolver; });
  return { promise, resolve };
}

async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => void server.on('error', reject).listen(port, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The URL of a free port below the ephemeral ports, so that the system gives the port to no other program. */
async function refusedUrl(port = 24_000 + process.pid % 1_000): Promise<string> {
  const server = createServer();
  try {
    return await listen(server, port);
  } catch {
    return refusedUrl(port + 1);
  } finally {
    server.close();
  }
}
