/* The opposite of the app: an app that uses all there is, to see that the marks of what the app should not hold are found. */
import * as main from 'resilient-fetch';
import * as testing from 'resilient-fetch/testing';

Object.assign(globalThis, { ...main, ...testing });
