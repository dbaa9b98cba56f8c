import { type Answer, Exchanges, type Network, NoAnswer } from "./exchange.ts";
import type { Identity } from "./identity.ts";
import { callUrl, type IdentityParameter, jsonOf, type NameCall, placeIn } from "./name-call.ts";
import { isElsewhere, isUnknownUser, Refusal, refusalIn } from "./refusal.ts";

export interface WebHdfsOptions {
  /** Of NameNodes, without a slash at the end. */
  readonly urls: readonly string[];
  readonly identity: Identity;
  readonly network: Network;
}

/** A part of a file, in bytes. */
export interface FilePart {
  readonly offset: number;
  readonly length: number;
}

/** DataNodes that are asked for one write or read. */
const DATA_NODES = 3;
const OK = 200;
const CREATED = 201;
/** What files are sent as, both ways. */
const BYTES = "application/octet-stream";

/**
 * A client of WebHDFS. It finds the active NameNode and the DataNodes that can be reached, and repeats nothing that
 * may have been done already.
 *
 * Calls throw a {@link Refusal}, a {@link NoAnswer}, or the reason of their signal.
 */
export class WebHdfs {
  readonly #urls: readonly string[];
  readonly #identity: Identity;
  readonly #exchanges: Exchanges;
  /** Index of the NameNode that is asked first. */
  #first = 0;

  constructor({ urls, identity, network }: WebHdfsOptions) {
    this.#urls = urls;
    this.#identity = identity;
    this.#exchanges = new Exchanges(network);
  }

  /** Asks the active NameNode; the answer's JSON, undefined where it is empty. */
  async ask(call: NameCall, signal?: AbortSignal): Promise<unknown> {
    const answer = await this.#askName(call, signal);
    if (answer.status !== OK) throw new SyntaxError(`HTTP ${answer.status} to ${call.operation}`);
    return jsonOf(answer);
  }

  /** Writes a new file on a DataNode, whole, and synced to its disk. */
  async create(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    const call: NameCall = {
      method: "PUT",
      operation: "CREATE",
      path,
      // Without SYNC_BLOCK a DataNode answers when the bytes are in its memory.
      parameters: { overwrite: "false", createflag: "CREATE,SYNC_BLOCK" },
      // The NameNode only says where to write.
      repeatable: true,
    };
    const headers = { "content-type": BYTES };
    const answer = await this.#askData(call, { body: content, headers }, signal);
    // Whatever else stands between and says yes: it has written nothing.
    if (answer.status !== CREATED) throw new SyntaxError(`HTTP ${answer.status} to a write`);
  }

  /** Writes more at the end of a file, synced as `create` does. Whether it was done is not known where no answer comes. */
  async append(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    const call: NameCall = { method: "POST", operation: "APPEND", path, repeatable: true };
    const answer = await this.#askData(call, { body: content, headers: { "content-type": BYTES } }, signal);
    if (answer.status !== OK) throw new SyntaxError(`HTTP ${answer.status} to an append`);
  }

  /** The bytes of a file, or of a part of it. */
  async open(path: string, signal?: AbortSignal, part?: FilePart): Promise<Uint8Array> {
    const call: NameCall = {
      method: "GET",
      operation: "OPEN",
      path,
      repeatable: true,
      ...(part && { parameters: { offset: String(part.offset), length: String(part.length) } }),
    };
    const answer = await this.#askData(call, {}, signal);
    const type = answer.headers.get("content-type") ?? "";
    if (answer.status !== OK || !type.startsWith(BYTES)) {
      throw new SyntaxError(`HTTP ${answer.status} with "${type}" to a read`);
    }
    return answer.bytes;
  }

  /** Ends what was begun to say who asks. */
  async close(): Promise<void> {
    await this.#identity.close((call, headers) => this.#sendName(call, [], headers, undefined));
  }

  async #askName(call: NameCall, signal: AbortSignal | undefined): Promise<Answer> {
    const asking = async (): Promise<IdentityParameter> =>
      this.#identity.parameter((unsigned, headers) => this.#sendName(unsigned, [], headers, signal));
    const parameter = await asking();
    try {
      return await this.#sendName(call, [parameter], undefined, signal);
    } catch (thrown) {
      const unknown = thrown instanceof Refusal && isUnknownUser(thrown);
      if (!unknown || !this.#identity.refused(parameter, thrown)) throw thrown;
      return this.#sendName(call, [await asking()], undefined, signal);
    }
  }

  /** Sends a request to one NameNode after the other, until one takes it as its own. */
  async #sendName(
    call: NameCall,
    identity: readonly IdentityParameter[],
    headers: ((host: string) => Record<string, string>) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const count = this.#urls.length;
    let failure: unknown;
    for (let tries = 0, index = this.#first; tries < count; tries++, index = (index + 1) % count) {
      const base = this.#urls[index] ?? "";
      const url = callUrl(base, call, identity);
      try {
        const said = headers?.(new URL(base).hostname) ?? {};
        const answer = await this.#send(url, { method: call.method, headers: said }, signal);
        this.#first = index;
        return answer;
      } catch (thrown) {
        failure = thrown;
        if (thrown instanceof Refusal ? !isElsewhere(thrown) : !(thrown instanceof NoAnswer)) throw thrown;
        // The next call begins with another one.
        this.#first = (index + 1) % count;
        if (thrown instanceof NoAnswer && !thrown.unsent && !call.repeatable) throw thrown;
      }
    }
    throw failure;
  }

  /** The two steps of a write or read: the NameNode names a DataNode, which does it. One that can't be reached is left out. */
  async #askData(call: NameCall, init: RequestInit, signal: AbortSignal | undefined): Promise<Answer> {
    const excluded: string[] = [];
    let unreached: NoAnswer | undefined;
    for (;;) {
      const parameters = {
        ...call.parameters,
        noredirect: "true",
        ...(excluded.length > 0 && { excludedatanodes: excluded.join(",") }),
      };
      let url: string;
      try {
        url = placeIn(await this.#askName({ ...call, parameters }, signal));
      } catch (thrown) {
        // There is no other DataNode; what is wrong with the one there is says more than that.
        throw thrown instanceof Refusal && unreached !== undefined ? unreached : thrown;
      }
      try {
        return await this.#send(url, { method: call.method, ...init }, signal);
      } catch (thrown) {
        if (!(thrown instanceof NoAnswer) || !thrown.unsent || excluded.length + 1 === DATA_NODES)
          throw thrown;
        unreached = thrown;
        excluded.push(new URL(url).host);
      }
    }
  }

  async #send(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Answer> {
    const answer = await this.#exchanges.send(
      url,
      { ...init, headers: { "accept-encoding": "identity", ...(init.headers as Record<string, string>) } },
      signal,
    );
    const refusal = refusalIn(new URL(url).host, answer);
    if (refusal !== undefined) throw refusal;
    return answer;
  }
}
