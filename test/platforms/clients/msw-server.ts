import { http, HttpResponse, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import type { Replies } from './adapter.ts';
import { chunkSender, errorBody, startOf, startServer, stepOf, type MockServer, type ReceivedRequest, type ScriptRun } from './mock-server.ts';

const url = 'http://mocked.test';

/** Has MSW respond instead of a server. MSW is set up after `resilient-fetch` was loaded, as in a user's tests. */
export async function startMocks(replies: Replies): Promise<MockServer> {
  let current: ScriptRun | undefined;
  const mocks = setupServer(http.all(`${url}/*`, async ({ request }) => {
    const run = current;
    if (run === undefined) return HttpResponse.error();
    run.requests.push(await receive(request));
    return respond(run, request, replies);
  }));
  mocks.listen();
  return { url, start: (steps) => current = startOf(steps), close: async () => mocks.close() };
}

/** Has MSW intercept every request and pass it through to a server. */
export async function startPassthrough(replies: Replies): Promise<MockServer> {
  const server = await startServer(replies);
  const mocks = setupServer(http.all('*', () => passthrough()));
  mocks.listen();
  return {
    ...server,
    async close() {
      mocks.close();
      await server.close();
    },
  };
}

async function receive(request: Request): Promise<ReceivedRequest> {
  const body = Buffer.from(await request.clone().arrayBuffer()).toString('latin1');
  return { method: request.method, path: new URL(request.url).pathname, headers: Object.fromEntries(request.headers), body };
}

function respond(run: ScriptRun, request: Request, replies: Replies): Response | Promise<Response> {
  const step = stepOf(run);
  if (step === 'reset') return HttpResponse.error();
  if (step === 'ok') return new HttpResponse(replies.ok, { headers: { 'content-type': 'application/json' } });
  if (step === 'stream') return new HttpResponse(streamOf(run, replies), { headers: { 'content-type': replies.stream.type } });
  if (step !== 'hang') return new HttpResponse(errorBody, { status: step, headers: { 'content-type': 'application/json' } });
  request.signal.addEventListener('abort', () => { run.disconnects += 1; });
  return new Promise(() => {});
}

function streamOf(run: ScriptRun, replies: Replies): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      run.sendNext = chunkSender(replies.stream.chunks, (chunk) => controller.enqueue(encoder.encode(chunk)), () => controller.close());
    },
    cancel() { run.disconnects += 1; },
  });
}
