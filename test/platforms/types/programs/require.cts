/* An import from CommonJS, which Node supports since 20.19. */
import { resilientFetch } from 'resilient-fetch';
import layers = require('resilient-fetch/layers');
import testing = require('resilient-fetch/testing');

const f: typeof fetch = resilientFetch.with({ clock: new testing.FakeClock(), layers: [layers.rateGate()] });
// @ts-expect-error: a number is no URL, so the types are there
resilientFetch(1);
