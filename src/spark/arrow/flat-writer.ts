/** A field of a FlatBuffer's table; undefined is a field that isn't written. */
export type FlatField =
  | { readonly kind: "byte" | "short" | "int" | "long"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "table"; readonly value: FlatFields }
  | { readonly kind: "tables"; readonly value: readonly FlatFields[] }
  | { readonly kind: "pairs"; readonly value: readonly (readonly [number, number])[] }
  | undefined;

/** A table's fields, by their numbers in the schema. */
export type FlatFields = readonly FlatField[];

const FIRST_CAPACITY = 1024;
const SIZES = { byte: 1, short: 2, int: 4, long: 8 } as const;
/** Bytes of what points to a text, a table or a vector. */
const POINTER = 4;
const PAIR = 16;

/** Writes a FlatBuffer whose root is a table of those fields: what Arrow's metadata is written in. */
export function writeFlat(root: FlatFields): Uint8Array {
  const writer = new FlatWriter();
  writer.pointTo(writer.reserve(POINTER, POINTER), writer.table(root));
  return writer.bytes();
}

/** Writes front to back: what is pointed to always comes after what points. */
class FlatWriter {
  #view = new DataView(new ArrayBuffer(FIRST_CAPACITY));
  #length = 0;

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }

  /** Room of `size` bytes, all 0, at a multiple of `alignment`. */
  reserve(size: number, alignment: number): number {
    const at = Math.ceil(this.#length / alignment) * alignment;
    this.#length = at + size;
    if (this.#length > this.#view.byteLength) {
      const grown = new Uint8Array(Math.max(this.#length, this.#view.byteLength * 2));
      grown.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  pointTo(slot: number, target: number): void {
    this.#view.setUint32(slot, target - slot, true);
  }

  table(fields: FlatFields): number {
    const vtable = this.reserve(4 + 2 * fields.length, 2);
    const table = this.reserve(4, 8);
    this.#view.setInt32(table, table - vtable, true);
    const pointers: [number, FlatField][] = [];
    for (const [index, field] of fields.entries()) {
      if (!field) continue;
      const inline =
        field.kind === "byte" || field.kind === "short" || field.kind === "int" || field.kind === "long";
      const size = inline ? SIZES[field.kind] : POINTER;
      const at = this.reserve(size, size);
      this.#view.setUint16(vtable + 4 + 2 * index, at - table, true);
      if (inline) this.#number(at, field.kind, field.value);
      else pointers.push([at, field]);
    }
    this.#view.setUint16(vtable, 4 + 2 * fields.length, true);
    this.#view.setUint16(vtable + 2, this.#length - table, true);
    for (const [slot, field] of pointers) this.pointTo(slot, this.#pointed(field));
    return table;
  }

  #number(at: number, kind: keyof typeof SIZES, value: number): void {
    if (kind === "byte") this.#view.setUint8(at, value);
    else if (kind === "short") this.#view.setInt16(at, value, true);
    else if (kind === "int") this.#view.setInt32(at, value, true);
    else this.#view.setBigInt64(at, BigInt(value), true);
  }

  #pointed(field: FlatField): number {
    switch (field?.kind) {
      case "text":
        return this.#text(field.value);
      case "table":
        return this.table(field.value);
      case "tables":
        return this.#tables(field.value);
      case "pairs":
        return this.#pairs(field.value);
      default:
        return this.#length;
    }
  }

  #text(text: string): number {
    const encoded = Buffer.from(text, "utf8");
    const at = this.reserve(4 + encoded.length + 1, 4);
    this.#view.setUint32(at, encoded.length, true);
    new Uint8Array(this.#view.buffer).set(encoded, at + 4);
    return at;
  }

  #tables(tables: readonly FlatFields[]): number {
    const at = this.reserve(4 + tables.length * POINTER, 4);
    this.#view.setUint32(at, tables.length, true);
    for (const [index, fields] of tables.entries()) {
      this.pointTo(at + 4 + index * POINTER, this.table(fields));
    }
    return at;
  }

  /** The pairs begin at a multiple of 8, their count 4 bytes before them. */
  #pairs(pairs: readonly (readonly [number, number])[]): number {
    this.reserve(4, 8);
    const at = this.reserve(4 + pairs.length * PAIR, 4);
    this.#view.setUint32(at, pairs.length, true);
    for (const [index, [first, second]] of pairs.entries()) {
      this.#view.setBigInt64(at + 4 + index * PAIR, BigInt(first), true);
      this.#view.setBigInt64(at + 12 + index * PAIR, BigInt(second), true);
    }
    return at;
  }
}
