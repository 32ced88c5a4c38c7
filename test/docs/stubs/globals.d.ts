/** The names that fragments of documentation use without a declaration. */
declare const url: string;
declare const body: string;
declare const clock: import('resilient-fetch/testing').FakeClock;
declare const error: unknown;
declare const response: Response;
declare const users: string;
declare const session: { token: string; refresh(): Promise<string> };
declare const button: { onclick: () => void };
declare const metrics: { count(name: string, labels: object): void };
declare function showOffline(): void;
declare function fallback(retryAfter: number): void;
