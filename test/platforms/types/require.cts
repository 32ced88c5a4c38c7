/* From CommonJS, as Node has it since 20.19. */
import { resilientFetch } from 'resilient-fetch';
import testing = require('resilient-fetch/testing');

const f: typeof fetch = resilientFetch.with({ clock: new testing.FakeClock() });
// @ts-expect-error: the types came along
resilientFetch(1);
