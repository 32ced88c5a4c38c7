import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commentsOf, documents, filesIn, lineOf, messagesOf, read, titlesOf, type Prose } from './repository.ts';

/** The files of code whose comments and titles of tests are tested. */
const files = ['src', 'test', 'bench', 'docs', 'example', 'playground', 'site'].flatMap((folder) => ['.ts', '.tsx', '.cts'].flatMap((end) => filesIn(folder, end)));

/** Begins a comment as a question does. A comment begins with a verb, or with the noun that it is about. */
const question = /^(?:what|who|whom|whose|whoever|whether|how|where|wherever|which|why)\b/i;

/** A word or metaphor, and the standard term to use instead. */
const terms: readonly (readonly [RegExp, string])[] = [
  [/\b(?:un)?ask(?:s|ed|ing|er)?\b/i, 'call, request; of a server: name, send'],
  [/\b(?:tells?|told|telling)\b/i, 'report, say, show; for "tell apart": distinguish'],
  // An invariant holds; an object references another.
  [/\bhold(?:s|ing)?\b(?! (?:for|true|in|on|until)\b|[.,;:)]|$)|\bheld\b(?! (?:open|by a test|to)\b)/i, 'reference, contain, keep'],
  [/\blet(?:s|ting)?(?: \w+)? go\b/i, 'release'],
  [/\bst(?:and|ands|ood|anding)(?: |-)in\b|\bstand-ins?\b/i, 'mock; of an option: is in, belongs in'],
  [/\bst(?:and|ands|ood) (?:at|beside|here|there|before|behind)\b/i, 'is'],
  [/\bcrowds?\b/i, 'clients'],
  [/\bfloors?\b/i, 'baseline'],
  [/\b(?:come|comes|came|coming) (?:to|about)\b/i, 'result in, amount to, happen'],
  [/\bchances?\b/i, 'randomness; for "by chance": at random'],
  [/(?<!retry[ -]|npm run )\bstorms?\b/i, 'retry storm'],
  [/(?<!thundering )\bherds?\b/i, 'thundering herd'],
  [/\banswer(?:s|ed|ing)?\b/i, 'response, result; respond'],
  [/\bhand(?:s|ed|ing)? (?:over|on|out|back)\b/i, 'return, pass'],
  [/\b(?:in passing|may be repeated|worth repeating)\b/i, 'transient, retryable'],
  [/\bwell again\b/i, 'recovered'],
  [/\bcut(?:s|ting)?\b/i, 'abort, time out, end'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\banew\b/i, 'again, new'],
  [/\bbut for\b/i, 'except for'],
  [/\bbeneath\b/i, 'inside, under'],
  [/\b(?:whoever|whosoever)\b/i, 'the caller, a caller that'],
  [/\bverdicts?\b|\bjudg(?:e|es|ed|ing)\b/i, 'classification, classify, decide'],
  [/\bwish(?:es|ed)?\b/i, 'hint, request'],
  [/\bforg(?:et|ets|ot|otten|etting)\b/i, 'clear, remove'],
  // A reader may want something; code requires it.
  [/(?<!(?:nobody|who|that nobody) )\bwants\b/i, 'requires, expects'],
  [/\bdrop(?:s|ped|ping)? (?:the |a |an |its |all |both |each )?(?:\w+ )?(?:response|request|bod(?:y|ies))|\b(?:response|request|body|clone) (?:was|is) dropped\b/i, 'discard'],
  [/\bdrop(?:s|ped|ping)? (?:the |a |an |its |all )?references?/i, 'release'],
  [/\blast word\b/i, 'decide'],
  [/\b(?:give|gives|gave|given|giving) up\b/i, 'stop, reject'],
  [/\bpatien(?:t|ce)\b/i, 'timeout, limit'],
  [/\bby turns\b/i, 'alternately, in turn'],
  [/\b(?:yardsticks?|contestants?|wardens?|litter)\b/i, 'baseline, library, supervisor, leftovers'],
];

interface Finding {
  readonly line: number;
  readonly advice: string;
}

/** Blanks a part of a text, and keeps its lines. */
const blank = (part: string): string => part.replace(/[^\n]/g, ' ');

/** Blanks names of code, addresses and comments of HTML, which are not prose. */
const withoutCode = (text: string): string =>
  text.replace(/`[^`]*`|<!--.*?-->|\]\([^)]*\)|https?:\/\/\S+|(?:href|src|srcset|media)="[^"]*"/g, blank);

const fencedBlock = /^```(\w*)\n([\s\S]*?)^```/gm;

/** Finds each word of the table in a text, across the ends of lines too. */
function termsIn({ text, line }: Prose): Finding[] {
  const prose = withoutCode(text).replace(/\n/g, ' ');
  return terms.flatMap(([word, instead]) => [...prose.matchAll(new RegExp(word, 'gi'))].map(({ 0: found, index }) => ({
    line: line + lineOf(text, index) - 1,
    advice: `'${found}': write ${instead}`,
  })));
}

const questionsIn = ({ text, line }: Prose): Finding[] =>
  question.test(text) ? [{ line, advice: `'${text.slice(0, 30)}...': begin with a verb, or with the noun that this is about` }] : [];

/** The comments in the code blocks of a document. */
const commentsInBlocks = (text: string): Prose[] => [...text.matchAll(fencedBlock)].flatMap(({ 1: language = '', 2: code = '', index }) =>
  language === 'ts' ? commentsOf(code).map((comment) => ({ text: comment.text, line: comment.line + lineOf(text, index) })) : []);

const check = (path: string, findings: readonly Finding[]): void =>
  assert.equal(findings.length, 0, findings.map(({ line, advice }) => `\n${path}:${line} ${advice}`).join(''));

describe('the comments of the code', () => {
  for (const path of files) {
    it(`begin with no question in ${path}`, () => check(path, commentsOf(read(path)).flatMap(questionsIn)));
    it(`use the standard terms in ${path}`, () => check(path, commentsOf(read(path)).flatMap(termsIn)));
  }
});

describe('the titles of the tests', () => {
  for (const path of files.filter((file) => file.endsWith('.test.ts'))) {
    it(`use the standard terms in ${path}`, () => check(path, titlesOf(read(path)).flatMap(termsIn)));
  }
});

describe('the messages of src/', () => {
  for (const path of filesIn('src', '.ts')) {
    it(`use the standard terms in ${path}`, () => check(path, messagesOf(read(path)).flatMap(termsIn)));
  }
});

describe('the documents', () => {
  for (const path of documents) {
    it(`use the standard terms in ${path}`, () => {
      const text = read(path);

      check(path, [{ line: 1, text: text.replace(fencedBlock, blank) }, ...commentsInBlocks(text)].flatMap(termsIn));
    });
    it(`begin no comment with a question in ${path}`, () => check(path, commentsInBlocks(read(path)).flatMap(questionsIn)));
  }
});

describe('the titles of a test', () => {
  it('are found in each kind of quotes, without the values in them', () => {
    const code = "describe('one', () => {\n  it(`two ${name}`, run);\n  it(\n    \"three\", run);\n  split('four');\n});";

    assert.deepEqual(titlesOf(code), [{ line: 1, text: 'one' }, { line: 2, text: 'two ' }, { line: 3, text: 'three' }]);
  });
});

describe('the table of terms', () => {
  const allowed = [
    'The invariant holds for each key.', 'The limits hold until the last byte.', 'A mask, a task, a basket.', 'The outlet, a letter, let it gossip.', 'A drop-in for fetch.',
    'The retry storm, a thundering herd, `retry-storms`, npm run storm.', 'A response that nobody wants.', '`ask()` and `held`',
  ];
  for (const sentence of allowed) it(`allows: ${sentence}`, () => assert.deepEqual(termsIn({ line: 1, text: sentence }), []));

  const found = ['is told\nby', 'it lets\nit go', 'holds the response', 'no stand-in', 'asked for', 'a storm', 'by chance', 'drops the response'];
  for (const sentence of found) it(`finds: ${sentence}`, () => assert.equal(termsIn({ line: 1, text: sentence }).length, 1));
});
