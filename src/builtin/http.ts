import { durationText, type JsonObject, startTimer, systemClock, systemRandom } from "../base/mod.ts";
import { type ComponentContext, type ComponentDefinition, defineComponent } from "../sdk/mod.ts";
import { answerOutputs, isExpected, statusFailure } from "./http-answer.ts";
import { type HttpConfig, httpConfig, mayRepeat } from "./http-config.ts";
import { download } from "./http-download.ts";
import { HttpFailure, steeredError } from "./http-error.ts";
import { exchange, type ExchangeTools, type HttpAnswer, type HttpRequest } from "./http-exchange.ts";
import { OnceSender, wasRefused } from "./http-once.ts";
import { requestOf, tlsOf } from "./http-request.ts";
import { type RetryTools, withRetries } from "./http-retry.ts";

type Context = ComponentContext<HttpConfig>;

/** Sends a request once; an answer with another status than the expected ones is a failure. */
async function expected(request: HttpRequest, config: HttpConfig, tools: ExchangeTools): Promise<HttpAnswer> {
  const answer = await exchange(request, tools);
  if (isExpected(answer.status, config.expectedStatus)) return answer;
  throw await statusFailure(request.method, answer, systemClock);
}

async function perform(context: Context, signal: AbortSignal): Promise<JsonObject> {
  const { config, log } = context;
  const request = await requestOf(context);
  const exchanging: ExchangeTools = {
    config,
    tls: await tlsOf(context),
    signal,
    raw: config.target !== undefined,
  };
  const retrying: RetryTools = {
    config,
    clock: systemClock,
    random: systemRandom,
    signal,
    warn: (message) => log.warn(message),
  };
  if (config.target !== undefined) {
    return download(context, { request, target: config.target, exchanging, retrying });
  }
  const send = async (): Promise<JsonObject> =>
    answerOutputs(await expected(request, config, exchanging), config);
  if (mayRepeat(config)) return withRetries(retrying, () => true, send);
  const sender = new OnceSender(context.intent, send);
  try {
    return await withRetries(retrying, wasRefused, () => sender.next());
  } catch (thrown) {
    // The runner must not try again either what may have had its effect.
    if (!(thrown instanceof HttpFailure) || wasRefused(thrown)) throw thrown;
    throw thrown.but(thrown.message, { passes: false });
  }
}

/** A signal that also aborts once the whole request has taken too long, and how to call that off. */
function limited(
  signal: AbortSignal,
  ms: number | undefined,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  if (ms === undefined) return { signal, stop: () => undefined };
  const own = new AbortController();
  const stop = startTimer(ms, () =>
    own.abort(
      new HttpFailure(`the request took longer than its timeout of ${durationText(ms)}`, {
        code: "HTTP_TIMEOUT",
        passes: true,
      }),
    ),
  );
  return { signal: AbortSignal.any([signal, own.signal]), stop };
}

async function http(context: Context): Promise<JsonObject> {
  const { signal, stop } = limited(context.signal, context.config.timeout);
  try {
    return await perform(context, signal);
  } catch (thrown) {
    throw thrown instanceof HttpFailure ? steeredError(thrown) : thrown;
  } finally {
    stop();
  }
}

/** `http`: a request, or a download to a file. */
export const httpComponent: ComponentDefinition<typeof httpConfig> = defineComponent({
  description:
    "Sends a request, or downloads to a file; resumes, retries what is safe to repeat, honours Retry-After.",
  config: httpConfig,
  run: http,
});
