import { execa, type Options } from 'execa';

export interface CommandResult {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** The reason of a failure with the command and its output. */
  readonly message?: string | undefined;
}

/** Runs a command. Never rejects: a command that cannot start is one that failed. */
export const run = async (file: string, args: readonly string[], options: Pick<Options, 'cwd' | 'env'> = {}): Promise<CommandResult> =>
  execa(file, args, { ...options, reject: false, stdin: 'ignore', timeout: 120_000 });

export const failureOf = ({ failed, message }: CommandResult): string | undefined => (failed ? message : undefined);
