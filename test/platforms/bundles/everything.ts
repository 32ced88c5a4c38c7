/* An app that uses every export: its bundle contains the names that the other app's bundle must not contain. */
import * as main from 'resilient-fetch';
import * as layers from 'resilient-fetch/layers';
import * as testing from 'resilient-fetch/testing';

Object.assign(globalThis, { ...main, ...layers, ...testing });
