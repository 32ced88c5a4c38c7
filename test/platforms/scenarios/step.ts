/** What the server does about one request of a script. */
export interface Step {
  /**
   * What becomes of the answer. Default `'whole'`. `'hang'` is silent; `'reset'` ends the connection before the headers;
   * `'garbage'` is no HTTP; `'stall'` begins a body and goes silent; `'cut'` begins a body and ends the connection;
   * `'flow'` begins a body and goes on when it is told to.
   */
  readonly how?: 'whole' | 'hang' | 'reset' | 'garbage' | 'stall' | 'cut' | 'flow';
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many bytes the body has beside the words that name its request. Default 0. */
  readonly size?: number;
  /** Whether the answer's own headers are kept from other origins. */
  readonly hidden?: boolean;
}

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, as far as it is short. */
  readonly body: string;
  readonly bytes: number;
  /** SHA-256 of the body, in hex. */
  readonly hash: string;
  /** When it came, in milliseconds of the server's own clock. */
  readonly at: number;
  /** Which connection it came by. */
  readonly connection: number;
  /** Whether the connection was closed before the answer's end. */
  readonly cut: boolean;
}
