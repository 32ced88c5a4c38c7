import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helpText, parseCommand } from '../command.ts';
import { experiments } from '../experiments/index.ts';

const parse = (...args: string[]) => {
  const { experiments: chosen, ...rest } = parseCommand(args, experiments, '/results');
  return { names: chosen.map(({ name }) => name), ...rest };
};

describe('parseCommand', () => {
  it('chooses every experiment that does not depend on the machine by default', () => {
    const { names, ...rest } = parse();

    assert.deepEqual(names, experiments.map(({ name }) => name).filter((name) => name !== 'scale'));
    assert.deepEqual(rest, { seed: 7, out: '/results', isHelp: false });
  });

  it('chooses experiments by name', () => {
    assert.deepEqual(parse('scale', 'outage').names, ['scale', 'outage']);
  });

  const rows: [args: string[], seed: number, out: string | undefined][] = [
    [['--seed', '7'], 7, '/results'],
    [['--seed', '8'], 8, undefined],
    [['--seed', '8', '--out', '/other'], 8, '/other'],
    [['--seed=-1'], -1, undefined],
  ];
  for (const [args, seed, out] of rows) {
    it(`writes ${out === undefined ? 'nothing' : `to ${out}`} with ${args.join(' ')}`, () => {
      assert.deepEqual({ seed: parse(...args).seed, out: parse(...args).out }, { seed, out });
    });
  }

  it('knows --help and -h', () => {
    assert.deepEqual([parse('--help').isHelp, parse('-h').isHelp], [true, true]);
  });

  it('throws for a name, a seed or an option that does not exist', () => {
    assert.throws(() => parse('outrage'), { message: `Unknown experiment 'outrage': choose from ${experiments.map(({ name }) => name).join(', ')}` });
    for (const seed of ['x', '1.5', '1e99']) assert.throws(() => parse('--seed', seed), { message: `--seed must be an integer, not '${seed}'` });
    assert.throws(() => parse('--sead', '7'), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
  });
});

describe('helpText', () => {
  it('lists all experiments', () => {
    for (const { name, question } of experiments) assert.match(helpText(experiments), new RegExp(`^  ${name} +${question.replace('?', '\\?')}`, 'm'));
  });
});
