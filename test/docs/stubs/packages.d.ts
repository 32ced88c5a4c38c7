/** The parts of other packages that the documentation uses: types alone, so that no package is installed. */
declare module 'openai' {
  export default class OpenAI {
    constructor(options: { fetch?: typeof fetch; maxRetries?: number; timeout?: number });
  }
}

declare module 'ky' {
  const ky: { create(options: { fetch: typeof fetch; retry: number; timeout: number | false }): unknown };
  export default ky;
}

declare module 'axios' {
  const axios: { create(options: { adapter: 'fetch'; env: { fetch: typeof fetch } }): unknown };
  export default axios;
}

declare module '@opentelemetry/api' {
  interface Span {
    setAttribute(name: string, value: string | number): void;
    recordException(error: Error): void;
    end(): void;
  }
  export const trace: { getTracer(name: string): { startActiveSpan<Result>(name: string, run: (span: Span) => Result): Result } };
}
