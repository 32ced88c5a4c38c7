import { importsOf, quoted } from '../code.ts';
import { codeOfAnswers, parseAnswers } from './answers.ts';
import { codeOf, methodOf, type Texts } from './fields.ts';
import { longestPlay, url, type Play } from './play.ts';

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line},\n`).join('');

/** The options, for a program. */
export function programOf(textOf: Texts): string {
  const lines = codeOf(textOf);
  if (lines.length === 0) return "import { resilientFetch } from 'resilient-fetch';\n\nconst response = await resilientFetch(url);\n";
  const options = `{\n${indent(lines)}}`;
  return `${importsOf(options)}\nexport const api = resilientFetch.with(${options});\n`;
}

/** The lines that compare how the call ends. */
function endOf({ ending, result }: Play): string[] {
  if (ending === 'never') return ['// No limit ends this call.', 'await assert.rejects(clock.run(call), /pending/);'];
  if (ending === 'time') return [`await clock.advance(${longestPlay}); // A year.`, "assert.equal(await Promise.race([call, 'pending']), 'pending');"];
  return [`assert.equal(await clock.run(call), '${ending === 'requests' ? 'AbortError' : result}');`];
}

/** The same call as a test: the script, the virtual time, and what was seen here. */
export function testOf(textOf: Texts, answers: string, random: string, play: Play): string {
  const isStopped = play.ending === 'requests';
  const times = [...play.requests.map(({ start }) => start), ...(isStopped ? [play.last] : [])];
  const method = methodOf(textOf);
  const options = `{\n${indent([
    ...(method === 'GET' ? [] : [`method: ${quoted(method)}`]), ...codeOf(textOf), 'clock', 'fetch', `random: ${random}`, ...(isStopped ? ['signal: stop.signal'] : []),
  ])}}`;
  const script = [...codeOfAnswers(parseAnswers(answers), play.requests.length), ...(isStopped ? ["() => (stop.abort(), 'hang')"] : [])];
  return [
    "import assert from 'node:assert/strict';",
    importsOf(options).trimEnd(),
    `import { FakeClock, scriptedFetch${random.includes('seededRandom') ? ', seededRandom' : ''} } from 'resilient-fetch/testing';`,
    '',
    ...(script.some((code) => code.includes('stalledBody')) ? ['const stalledBody = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });'] : []),
    ...(isStopped ? [`// More than ${play.requests.length} requests: the test aborts the call there, as the page does.`, 'const stop = new AbortController();'] : []),
    'const clock = new FakeClock();',
    `const fetch = scriptedFetch([\n${indent(script)}], clock);`,
    `const call = resilientFetch('${url}', ${options})`,
    '  .then(async (response) => (await response.text(), String(response.status)))',
    '  .catch((error) => error.name);',
    ...endOf(play),
    `assert.deepEqual(fetch.times, [${times.join(', ')}]);`,
    '',
  ].join('\n');
}
