import { codeOfAnswer, parseAnswers } from './answers.ts';
import { codeOf, quoted, type Texts } from './fields.ts';
import { url, type Play } from './play.ts';

const layerNames = ['circuitBreaker', 'concurrencyLimit', 'hedge', 'rateGate'];

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line},\n`).join('');

/** The imports that the options need. */
function importsOf(code: string): string {
  const layers = layerNames.filter((name) => code.includes(`${name}(`));
  const main = ['resilientFetch', ...(code.includes('retryAfterOf') ? ['retryAfterOf'] : []), ...(code.includes('retryBudget(') ? ['retryBudget'] : [])];
  return `import { ${main.join(', ')} } from 'resilient-fetch';\n${layers.length > 0 ? `import { ${layers.join(', ')} } from 'resilient-fetch/layers';\n` : ''}`;
}

/** The options, for a program. */
export function programOf(textOf: Texts): string {
  const lines = codeOf(textOf);
  if (lines.length === 0) return "import { resilientFetch } from 'resilient-fetch';\n\nconst response = await resilientFetch(url);\n";
  const options = `{\n${indent(lines)}}`;
  return `${importsOf(options)}\nexport const api = resilientFetch.with(${options});\n`;
}

/** The same call as a test: the script, the virtual time, and what was seen here. */
export function testOf(textOf: Texts, answers: string, random: string, { requests, result, message }: Play): string {
  const method = textOf('method');
  const options = `{\n${indent([...(method === undefined ? [] : [`method: ${quoted(method)}`]), ...codeOf(textOf), 'clock', 'fetch', `random: ${random}`])}}`;
  const script = parseAnswers(answers).map(codeOfAnswer);
  const last = script.at(-1) ?? '';
  // The last answer repeats.
  const repeated = [...script, ...Array.from({ length: Math.max(0, requests.length - script.length) }, () => last)];
  return [
    "import assert from 'node:assert/strict';",
    importsOf(options).trimEnd(),
    "import { FakeClock, scriptedFetch, seededRandom } from 'resilient-fetch/testing';".replace(random.includes('seededRandom') ? '' : ', seededRandom', ''),
    '',
    ...(answers.includes('stall') ? ['const stalledBody = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });'] : []),
    'const clock = new FakeClock();',
    `const fetch = scriptedFetch([\n${indent(repeated)}], clock);`,
    `const call = resilientFetch('${url}', ${options})`,
    '  .then(async (response) => (await response.text(), String(response.status)))',
    '  .catch((error) => error.name);',
    message.startsWith('No limit') ? 'await assert.rejects(clock.run(call), /pending/);' : `assert.equal(await clock.run(call), '${result}');`,
    `assert.deepEqual(fetch.times, [${requests.map(({ start }) => start).join(', ')}]);`,
    '',
  ].join('\n');
}
