import { skip } from './assert.ts';
import type { Context } from './scenario.ts';

/** Skips where the platform's own fetch cannot send a stream, which is asked of the platform as the standard has it. */
export async function canStreamUp({ platform }: Context): Promise<void> {
  if (platform === 'webkit') skip('fetch sends no streams here: https://bugs.webkit.org/show_bug.cgi?id=319667');
  let isHalfDuplexKnown = false;
  const { headers } = new Request('http://users.test/', {
    method: 'POST',
    body: new ReadableStream(),
    // Read only by a platform that knows of it.
    get duplex(): 'half' {
      isHalfDuplexKnown = true;
      return 'half';
    },
  });
  if (platform === 'firefox' && headers.has('content-type')) skip('fetch sends no streams here: https://bugzilla.mozilla.org/show_bug.cgi?id=1387483');
  if (platform === 'chromium' && isHalfDuplexKnown) {
    skip('streams are sent over HTTP/2 only: https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#doesnt_work_on_http1x');
  }
}
