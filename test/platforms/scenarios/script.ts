/** The server's response to one request of a script. */
export interface Step {
  /**
   * The course of the response. Default `'complete'`. `'hang'` sends nothing; `'reset'` resets the connection before the
   * headers; `'malformed'` is not HTTP; `'stall'` begins a body and sends no more; `'reset-body'` begins a body and resets the
   * connection; `'pause'` begins a body and waits for `resume()`.
   */
  readonly how?: 'complete' | 'hang' | 'reset' | 'malformed' | 'stall' | 'reset-body' | 'pause';
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The length of the body in bytes, besides the text with the number of the request. Default 0. */
  readonly size?: number;
  /** Is false if other origins must not read the headers. Default true. */
  readonly exposed?: boolean;
}

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The first 1,000 bytes of the body as text. */
  readonly body: string;
  readonly bytes: number;
  /** The SHA-256 of the body in hex. */
  readonly hash: string;
  /** The time of the server's clock in milliseconds. */
  readonly at: number;
  /** The number of the connection. */
  readonly connection: number;
  /** Is true if the client closed the connection before the end of the response. */
  readonly isDisconnected: boolean;
}
