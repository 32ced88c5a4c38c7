import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantsOf, messagesOf, valuesOf } from '../app/storm/constants.ts';
import { services, type Service } from '../app/storm/services.ts';

const serviceOf = (id: string): Service => services.find((service) => service.id === id) as Service; // The tests name services that exist.

/** The messages about texts of the form. */
function check(id: string, enabled: string, texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [service, measures] = [serviceOf(id), enabled.split('-')];
  return messagesOf(service, measures, valuesOf(constantsOf(service, measures), (name) => texts[name]));
}

describe('messagesOf', () => {
  const rows: readonly (readonly [id: string, enabled: string, name: string, text: string, message: string])[] = [
    ['down', 'retries', 'clients', '0', 'Enter a whole number from 1 to 1 000 000.'],
    ['down', 'retries', 'clients', '1e9', 'Enter a whole number from 1 to 1 000 000.'],
    ['down', 'retries', 'clients', '2.5', 'Enter a whole number from 1 to 1 000 000.'],
    ['down', 'retries', 'clients', 'many', 'Enter a whole number from 1 to 1 000 000.'],
    ['down', 'retries', 'clients', '200_000', 'This makes up to 5 040 000 requests, and 1 000 000 are the most.'],
    ['down', 'none', 'perMinute', '0', 'Enter a number from 0.01 to 600.'],
    ['down', 'none', 'processes', '0', 'Enter a whole number from 1 to 2 000.'],
    ['down', 'none', 'capacity', '-1', 'Enter a number from 1 to 100 000.'],
    ['down', 'none', 'remaining', '101', 'Enter a number from 0.01 to 100.'],
    ['outage', 'none', 'length', '1e9', 'Enter a whole number from 1 to 1 200.'],
    ['outage', 'none', 'length', '0', 'Enter a whole number from 1 to 1 200.'],
    ['outage', 'none', 'from', '-1', 'Enter a whole number from 0 to 1 200.'],
    ['outage', 'none', 'watch', '0', 'Enter a whole number from 1 to 1 200.'],
    ['outage', 'none', 'seed', 'abc', 'Enter a whole number from 0 to 4 294 967 295.'],
    ['outage', 'none', 'timeout', '0', "'timeout' must be false or a number of milliseconds > 0, not 0"],
    ['outage', 'retries', 'retries', '0', 'Enter a number from 1 to 100.'],
    ['outage', 'retries', 'retries', '-1', "'retries' must be an integer >= 0 or Infinity, not -1"],
    ['outage', 'retries', 'retries', '1.5', "'retries' must be an integer >= 0 or Infinity, not 1.5"],
    ['outage', 'retries-budget', 'reserve', '0', "'reserve' must be a finite number >= 1, not 0"],
    ['quota', 'retries', 'calls', '1e6', 'Enter a whole number from 1 to 100 000.'],
    ['quota', 'retries', 'calls', '10_000', 'The simulation would last 5 000 s, and 3 600 s are the most.'],
    ['quota', 'retries', 'limit', '0', 'Enter a whole number from 1 to 100 000.'],
    ['tail', 'hedge', 'slow', '200', 'Enter a number from 0 to 100.'],
    ['tail', 'hedge', 'after', 'soon', "'after' must be a finite number of milliseconds >= 0, not NaN"],
  ];
  for (const [id, enabled, name, text, message] of rows) {
    it(`says the rule about ${name}: ${text}`, () => {
      assert.deepEqual(check(id, enabled, { [name]: text }), { [name]: message });
    });
  }

  it('accepts every default, with every measure', () => {
    for (const { id } of services) assert.deepEqual(check(id, 'retries-budget-gate-breaker-hedge', {}), {});
  });

  it('ignores a measure that is not switched on', () => {
    assert.deepEqual(check('down', 'retries', { reserve: '0', after: 'soon' }), {});
  });

  it('takes a blank text as the default', () => {
    assert.deepEqual(check('down', 'retries', { clients: ' ' }), {});
  });

  it('reads a number with spaces or underscores, as messages and code have them', () => {
    const service = serviceOf('down');

    assert.deepEqual(['3 000', '3_000', '3000'].map((text) => valuesOf(constantsOf(service, []), () => text).clients), [3_000, 3_000, 3_000]);
  });

  it('keeps a simulation in bounds when each constant is at its own bound', () => {
    const texts = Object.fromEntries(serviceOf('down').constants.map(({ name, max = 1 }) => [name, String(max)]));

    assert.deepEqual(Object.keys(check('down', 'retries', texts)), ['clients']);
  });
});
