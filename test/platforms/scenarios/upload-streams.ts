import { skip } from './assert.ts';
import type { Context } from './scenario.ts';

/** Skips the scenario if the platform's own fetch cannot send a stream. Detected as the Fetch Standard proposes. */
export async function skipWithoutUploadStreams({ engine }: Context): Promise<void> {
  if (engine === 'webkit') skip('fetch cannot send a stream: https://bugs.webkit.org/show_bug.cgi?id=319667');
  let isDuplexKnown = false;
  const { headers } = new Request('http://users.test/', {
    method: 'POST',
    body: new ReadableStream(),
    // Read by a platform that supports upload streams.
    get duplex(): 'half' {
      isDuplexKnown = true;
      return 'half';
    },
  });
  if (engine === 'firefox' && headers.has('content-type')) skip('fetch cannot send a stream: https://bugzilla.mozilla.org/show_bug.cgi?id=1387483');
  if (engine === 'chromium' && isDuplexKnown) {
    skip('fetch sends streams over HTTP/2 only: https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#doesnt_work_on_http1x');
  }
}
