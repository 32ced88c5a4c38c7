import { http, HttpResponse, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import type { Replies } from './client.ts';
import { refusal, startServer, stepOf, streaming, type Peer, type Play, type Seen } from './peer.ts';

const url = 'http://mocked.test';

/** Has MSW answer in place of a server. Installed after `resilient-fetch` was loaded, as in a user's tests. */
export async function startMocks(replies: Replies): Promise<Peer> {
  let present: Play | undefined;
  const mocks = setupServer(http.all(`${url}/*`, async ({ request }) => {
    const play = present;
    if (play === undefined) return HttpResponse.error();
    play.seen.push(await receive(request));
    return answer(play, request, replies);
  }));
  mocks.listen();
  return {
    url,
    play: (steps) => present = { steps, seen: [], cut: 0, next: () => {} },
    close: async () => mocks.close(),
  };
}

/** Has MSW see every request, and let it through to a server. */
export async function startPassing(replies: Replies): Promise<Peer> {
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

async function receive(request: Request): Promise<Seen> {
  const body = Buffer.from(await request.clone().arrayBuffer()).toString('latin1');
  return { method: request.method, path: new URL(request.url).pathname, headers: Object.fromEntries(request.headers), body };
}

function answer(play: Play, request: Request, replies: Replies): Response | Promise<Response> {
  const step = stepOf(play);
  if (step === 'reset') return HttpResponse.error();
  if (step === 'ok') return new HttpResponse(replies.ok, { headers: { 'content-type': 'application/json' } });
  if (step === 'stream') return new HttpResponse(streamOf(play, replies), { headers: { 'content-type': replies.stream.type } });
  if (step !== 'hang') return new HttpResponse(refusal, { status: step, headers: { 'content-type': 'application/json' } });
  request.signal.addEventListener('abort', () => { play.cut += 1; });
  return new Promise(() => {});
}

function streamOf(play: Play, replies: Replies): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      play.next = streaming(replies.stream.chunks, (chunk) => controller.enqueue(encoder.encode(chunk)), () => controller.close());
    },
    cancel() { play.cut += 1; },
  });
}
