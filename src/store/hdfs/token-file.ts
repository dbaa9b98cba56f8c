import { storeError } from "../errors.ts";

/** A delegation token of Hadoop. */
export interface DelegationToken {
  /** `HDFS_DELEGATION_TOKEN`, `WEBHDFS delegation`, … */
  readonly kind: string;
  /** For which server it is: `10.0.0.7:8020`, `ha-hdfs:prod`. */
  readonly service: string;
  /** As WebHDFS takes it in a request. A secret. */
  readonly text: string;
}

const MAGIC = "HDTS";

/**
 * Reads the tokens of a file that HADOOP_TOKEN_FILE_LOCATION names, in both of its formats: Hadoop's own (0) and
 * protocol buffers (1). Secrets that are no tokens are left out.
 *
 * @param file Its path, for messages.
 * @throws CairnError STORE_BAD_SETTINGS
 */
export function readTokens(bytes: Uint8Array, file: string): DelegationToken[] {
  const version = bytes[MAGIC.length];
  const body = bytes.subarray(MAGIC.length + 1);
  if (textOf(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw badFile(file, "it is no token file of Hadoop");
  try {
    if (version === 0) return writableTokens(body);
    if (version === 1) return protobufTokens(body);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw badFile(file, "it is cut off");
    throw thrown;
  }
  throw badFile(file, `its format ${version} is not known`);
}

function badFile(file: string, why: string): Error {
  return storeError("STORE_BAD_SETTINGS", `Cannot read the tokens in "${file}": ${why}`, {
    hint: "HADOOP_TOKEN_FILE_LOCATION names a file that Hadoop wrote (hdfs fetchdt). Write it anew, or unset the variable.",
  });
}

/** Reads bytes from front to back. */
class Bytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count < 0 || count > this.left) throw new RangeError("past the end");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** A length as Hadoop's WritableUtils writes it: itself up to 127, else 112 + count negated, then that many bytes. */
  writableLength(): number {
    const first = (this.byte() << 24) >> 24;
    if (first >= WRITABLE_SHORT) return first;
    const count = WRITABLE_SHORT - first;
    if (count > 4) throw new RangeError("no length");
    return this.take(count).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** A number of protocol buffers: seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

const WRITABLE_SHORT = -112;

function writableTokens(body: Uint8Array): DelegationToken[] {
  const bytes = new Bytes(body);
  const next = (): Uint8Array => bytes.take(bytes.writableLength());
  return Array.from({ length: bytes.writableLength() }, () => {
    // Before each token stands the name that its owner keeps it under.
    next();
    return token(next(), next(), next(), next());
  });
}

/** CredentialsProto { repeated KV tokens = 1 } with KV { alias = 1, token = 2 }, behind its length. */
function protobufTokens(body: Uint8Array): DelegationToken[] {
  const bytes = new Bytes(body);
  const all = fields(bytes.take(bytes.varint()));
  return (all.get(1) ?? []).map((pair) => {
    const parts = fields(fields(pair).get(2)?.[0] ?? EMPTY);
    const part = (number: number): Uint8Array => parts.get(number)?.[0] ?? EMPTY;
    return token(part(1), part(2), part(3), part(4));
  });
}

const EMPTY = new Uint8Array();

/** The fields of a message by number; all that a token file has are behind a length. */
function fields(message: Uint8Array): Map<number, Uint8Array[]> {
  const bytes = new Bytes(message);
  const found = new Map<number, Uint8Array[]>();
  while (bytes.left > 0) {
    const number = bytes.varint() >> 3;
    found.set(number, [...(found.get(number) ?? []), bytes.take(bytes.varint())]);
  }
  return found;
}

/** The text that WebHDFS takes is the token in the first format, in base64 for URLs. */
function token(
  identifier: Uint8Array,
  password: Uint8Array,
  kind: Uint8Array,
  service: Uint8Array,
): DelegationToken {
  const parts = [identifier, password, kind, service].flatMap((part) => [writableLength(part.length), part]);
  return {
    kind: textOf(kind),
    service: textOf(service),
    text: Buffer.concat(parts).toString("base64url"),
  };
}

function writableLength(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.of(256 + WRITABLE_SHORT - digits.length, ...digits);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
