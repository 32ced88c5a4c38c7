import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { diagrams } from '../../docs/diagrams/index.ts';
import { filesIn, read, urlOf } from './repository.ts';

const command = 'npx tsc && UPDATE=1 node --test dist/test/docs/diagrams.test.js';

describe('the diagrams of the documents', () => {
  for (const [path, content] of diagrams) {
    it(`equal what docs/diagrams draws: ${path}`, () => {
      if (process.env.UPDATE === '1') writeFileSync(urlOf(path), content);
      assert.equal(read(path), content, `Run: ${command}`);
    });
  }

  it('are all that docs/diagrams has', () => {
    assert.deepEqual(filesIn('docs/diagrams', '.svg'), [...diagrams.keys()].sort());
  });
});
