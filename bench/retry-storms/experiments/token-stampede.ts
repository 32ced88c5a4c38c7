import { max } from 'd3-array';
import type { Clock, Fetch } from 'resilient-fetch';
import { withToken, type Layer, type LayeredFetch } from 'resilient-fetch/layers';
import { barsChart } from '../charts/bars.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, whole } from '../format.ts';
import { respondAfter, simulateSteadyCalls } from '../model/steady-calls.ts';

/** A token, and the endpoint that replaces it. */
interface Session {
  token: string;
  refresh(): Promise<string>;
}

interface Policy {
  readonly name: string;
  layer(session: Session): Layer;
}

/** The layer that people write by hand: on a 401, a refresh and a second request. */
const byHand = (session: Session, refresh: () => Promise<string>): Layer => (next: LayeredFetch) => async (input, init, context) => {
  const send = (): Promise<Response> => next(input, { ...init, headers: { authorization: session.token } }, context);
  const response = await send();
  if (response.status !== 401) return response;
  session.token = await refresh();
  return send();
};

/** Joins the refreshes that are in flight at the same time. */
function joined(refresh: () => Promise<string>): () => Promise<string> {
  let refreshing: Promise<string> | undefined;
  return () => (refreshing ??= refresh().finally(() => { refreshing = undefined; }));
}

const policies: readonly Policy[] = [
  { name: 'each 401 refreshes', layer: (session) => byHand(session, () => session.refresh()) },
  { name: 'a shared promise', layer: (session) => byHand(session, joined(() => session.refresh())) },
  {
    name: 'withToken',
    layer: (session) => withToken({
      get: () => session.token,
      refresh: async () => (session.token = await session.refresh()),
      header: (authorization) => ({ authorization }),
    }),
  },
];

interface Job {
  readonly policy: Policy;
  readonly calls: number;
}

interface Result {
  readonly policy: string;
  readonly calls: number;
  readonly refreshes: number;
  readonly requestsPerCall: number;
  readonly successRate: number;
  /** Milliseconds until the last response. */
  readonly longest: number;
}

/** The milliseconds of a refresh, and the least and most of a response. */
const [refreshTime, least, most] = [50, 20, 200];

export const tokenStampede: Experiment<Job, Result> = {
  name: 'token-stampede',
  question: 'How often do concurrent calls refresh an expired token?',
  setup: `Calls start at once with a token that has expired. A response takes ${least} to ${most} ms, and a refresh ${refreshTime} ms.`,
  jobs: [5, 1_000].flatMap((calls) => policies.map((policy) => ({ policy, calls }))),
  describe: ({ policy, calls }) => `${policy.name}, ${whole(calls)} calls`,

  async run({ policy, calls }, seed) {
    let refreshes = 0;
    let now: Clock | undefined;
    const session: Session = {
      token: 'expired',
      async refresh() {
        refreshes += 1;
        if (now) await respondAfter(now, refreshTime);
        return 'fresh';
      },
    };
    const service = (clock: Clock, random: () => number): Fetch => {
      now = clock;
      return (_input, init) => {
        const status = new Headers(init?.headers).get('authorization') === 'fresh' ? 200 : 401;
        return respondAfter(clock, least + (most - least) * random(), new Response(null, { status }));
      };
    };
    const { successRate, requestsPerCall, durations } = await simulateSteadyCalls({ options: { layers: [policy.layer(session)] }, service, calls, span: 0 }, seed);
    return { policy: policy.name, calls, refreshes, requestsPerCall, successRate, longest: max(durations) ?? NaN };
  },

  charts: (results) => [{
    name: 'token-stampede',
    alt: 'Refreshes by 1 000 concurrent calls with an expired token',
    spec: (theme) => barsChart({
      title: 'A token expires under five concurrent calls: how often is it refreshed?',
      subtitle: `Responses take ${least} to ${most} ms, a refresh ${refreshTime} ms. In brackets: under 1 000 calls.`,
      axis: { title: 'refreshes', domain: [0, 6], values: [0, 1, 2, 3, 4, 5] },
      bars: results.filter(({ calls }) => calls === 5).map(({ policy, refreshes }) => {
        const many = results.find((other) => other.policy === policy && other.calls !== 5);
        return { name: policy, value: refreshes, label: `${refreshes} (${whole(many?.refreshes ?? NaN)})`, isGood: refreshes === 1 };
      }),
    }, theme),
  }],

  tables: (results) => [{
    title: 'By the number of calls',
    head: ['calls', 'policy', 'refreshes', 'requests per call', 'successful calls', 'longest, ms'],
    textColumns: 2,
    rows: results.map(({ calls, policy, refreshes, requestsPerCall, successRate, longest }) =>
      [whole(calls), policy, whole(refreshes), ratio(requestsPerCall), percent(successRate), whole(longest)]),
  }],
};
