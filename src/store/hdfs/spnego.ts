import { dlopen, ptr, toArrayBuffer } from "bun:ffi";
import { messageOf } from "../../base/mod.ts";
import { storeError } from "../errors.ts";

/** Names of the system's Kerberos library (MIT's; on Linux). */
const LIBRARIES = ["libgssapi_krb5.so.2", "libgssapi_krb5.so"];

/** GSS_C_NT_HOSTBASED_SERVICE (1.2.840.113554.1.2.1.4), RFC 2744. */
const HOST_SERVICE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04];
/** SPNEGO (1.3.6.1.5.5.2), RFC 4178. */
const SPNEGO = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
/** Kerberos 5 (1.2.840.113554.1.2.2), RFC 4121. */
const KERBEROS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
/** What gss_display_status is asked for: a code of GSSAPI or one of the mechanism. */
const GSS_CODE = 1;
const MECHANISM_CODE = 2;
/** Errors are in the upper half of a status; the lower one holds remarks. */
const ERROR_SHIFT = 16;

type Symbols = ReturnType<typeof openLibrary>;

function openLibrary() {
  let failure: unknown;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, {
        gss_import_name: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "u32" },
        gss_init_sec_context: {
          args: ["ptr", "ptr", "ptr", "u64", "ptr", "u32", "u32", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr"],
          returns: "u32",
        },
        gss_display_status: { args: ["ptr", "u32", "i32", "ptr", "ptr", "ptr"], returns: "u32" },
        gss_release_buffer: { args: ["ptr", "ptr"], returns: "u32" },
        gss_release_name: { args: ["ptr", "ptr"], returns: "u32" },
        gss_delete_sec_context: { args: ["ptr", "ptr", "ptr"], returns: "u32" },
      }).symbols;
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw storeError(
    "STORE_UNSUPPORTED",
    `Cannot sign in by Kerberos: the system has no ${LIBRARIES[0]} (${messageOf(failure)})`,
    {
      hint: "Install the Kerberos library (Debian: libgssapi-krb5-2, Red Hat: krb5-libs), or give a delegation token in HADOOP_TOKEN_FILE_LOCATION.",
    },
  );
}

/**
 * The words of `Authorization: Negotiate …` for a web server on `host`, by the system's Kerberos library: with the
 * ticket that `kinit` got (KRB5CCNAME), or by the keytab that KRB5_CLIENT_KTNAME names. May ask the Kerberos server,
 * and waits for it.
 *
 * @throws CairnError STORE_NOT_READABLE where there is no ticket, with the library's own words; STORE_UNSUPPORTED
 * where there is no library.
 */
export function negotiate(host: string): string {
  const library = openLibrary();
  const answer = firstToken(library, host, SPNEGO);
  if ("token" in answer) return answer.token;
  // SPNEGO only says that no mechanism can be used; Kerberos itself says why.
  const kerberos = firstToken(library, host, KERBEROS);
  throw refused(host, "refused" in kerberos ? kerberos.refused : answer.refused);
}

type Token = { readonly token: string } | { readonly refused: string };

/** The first token of a mechanism for a web server, or why there is none. */
function firstToken(library: Symbols, host: string, mechanism: readonly number[]): Token {
  const minor = new Uint32Array(1);
  const name = new BigUint64Array(1);
  const context = new BigUint64Array(1);
  const output = new BigUint64Array(2);
  // These three are alive until the end of this function, since the library is given their addresses.
  const service = new TextEncoder().encode(`HTTP@${host}`);
  const nameType = objectId(HOST_SERVICE);
  const mechanismId = objectId(mechanism);
  const serviceBuffer = new BigUint64Array([BigInt(service.length), BigInt(ptr(service))]);
  try {
    let status = library.gss_import_name(ptr(minor), ptr(serviceBuffer), ptr(nameType.struct), ptr(name));
    if (status >>> ERROR_SHIFT === 0) {
      status = library.gss_init_sec_context(
        ptr(minor),
        null,
        ptr(context),
        name[0] ?? 0n,
        ptr(mechanismId.struct),
        0,
        0,
        null,
        null,
        null,
        ptr(output),
        null,
        null,
      );
    }
    if (status >>> ERROR_SHIFT === 0) return { token: Buffer.from(copyOf(output)).toString("base64") };
    const general = statusText(library, status, GSS_CODE);
    const said = [general, statusText(library, minor[0] ?? 0, MECHANISM_CODE)];
    return { refused: said.filter((text) => text !== "").join(": ") };
  } finally {
    library.gss_release_buffer(ptr(minor), ptr(output));
    library.gss_delete_sec_context(ptr(minor), ptr(context), null);
    library.gss_release_name(ptr(minor), ptr(name));
    // Keeps what the structures point to from being collected before.
    for (const bytes of [service, nameType.bytes, mechanismId.bytes]) bytes.fill(0);
  }
}

function refused(host: string, said: string): Error {
  return storeError("STORE_NOT_READABLE", `Cannot sign in to "${host}" by Kerberos: ${said}`, {
    hint: "Get a ticket with kinit, name a keytab in KRB5_CLIENT_KTNAME, or give a delegation token in HADOOP_TOKEN_FILE_LOCATION.",
  });
}

/** A gss_OID_desc: the count of bytes and where they are, eight bytes each with padding. */
function objectId(id: readonly number[]): { readonly struct: BigUint64Array; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(id);
  return { bytes, struct: new BigUint64Array([BigInt(bytes.length), BigInt(ptr(bytes))]) };
}

/** A copy of what a gss_buffer_desc holds. */
function copyOf(buffer: BigUint64Array): ArrayBuffer {
  const [length = 0n, address = 0n] = buffer;
  if (length === 0n) return new ArrayBuffer(0);
  return toArrayBuffer(Number(address), 0, Number(length)).slice(0);
}

function statusText(library: Symbols, status: number, type: number): string {
  if (status === 0) return "";
  const minor = new Uint32Array(1);
  const more = new Uint32Array(1);
  const text = new BigUint64Array(2);
  library.gss_display_status(ptr(minor), status, type, null, ptr(more), ptr(text));
  const said = new TextDecoder().decode(copyOf(text)).replace(/\0+$/, "");
  library.gss_release_buffer(ptr(minor), ptr(text));
  return said;
}
