type Fetch = (...given: Parameters<typeof fetch>) => Promise<Response>;

/**
 * The platform's fetch with the number of the attempt in the URL. Engines repeat a request on a lost connection (Firefox
 * up to ten times), and the server's script must not advance with these repetitions.
 */
export function numberedFetch(): Fetch {
  const { fetch } = globalThis;
  let attempts = 0;
  return (input, init) => {
    attempts += 1;
    return fetch(typeof input === 'string' ? `${input}&attempt=${attempts}` : input, init);
  };
}
