/** A fetch that tells the server which attempt it is, and counts them. */
export interface NumberedFetch {
  (input: Parameters<typeof fetch>[0], init?: Parameters<typeof fetch>[1]): Promise<Response>;
  attempts: number;
}

/**
 * The platform's fetch with the attempt's number in the address. Engines repeat a lost request on their own (Firefox does so
 * up to ten times), which would use up a script that counted requests.
 */
export function numberedFetch(): NumberedFetch {
  const { fetch } = globalThis;
  const numbered: NumberedFetch = Object.assign(
    (input: Parameters<typeof fetch>[0], init?: Parameters<typeof fetch>[1]) => {
      numbered.attempts += 1;
      return fetch(typeof input === 'string' ? `${input}&attempt=${numbered.attempts}` : input, init);
    },
    { attempts: 0 },
  );
  return numbered;
}
