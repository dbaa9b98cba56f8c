/** Bytes of a slot in a vtable. */
const SLOT = 2;
/** Where a vtable's slots begin: its own size and the table's come first. */
const FIRST_SLOT = 4;

/**
 * A table of a FlatBuffer: what Arrow's metadata is written in. Reads fields by their number in the schema; one
 * that isn't there has its default.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableSize: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableSize = view.getUint16(this.#vtable, true);
  }

  /** The table that a buffer's first four bytes point to. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Where a field lies; undefined where it isn't written. */
  #place(field: number): number | undefined {
    const slot = FIRST_SLOT + field * SLOT;
    if (slot >= this.#vtableSize) return undefined;
    const offset = this.#view.getUint16(this.#vtable + slot, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #pointed(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : at + this.#view.getUint32(at, true);
  }

  bool(field: number): boolean {
    return this.byte(field) !== 0;
  }

  byte(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  short(field: number, byDefault: number = 0): number {
    const at = this.#place(field);
    return at === undefined ? byDefault : this.#view.getInt16(at, true);
  }

  int(field: number, byDefault: number = 0): number {
    const at = this.#place(field);
    return at === undefined ? byDefault : this.#view.getInt32(at, true);
  }

  /** A 64-bit length or offset. */
  long(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  text(field: number): string | undefined {
    const at = this.#pointed(field);
    if (at === undefined) return undefined;
    const length = this.#view.getUint32(at, true);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + at + 4, length).toString("utf8");
  }

  table(field: number): FlatTable | undefined {
    const at = this.#pointed(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at);
  }

  tables(field: number): readonly FlatTable[] {
    const at = this.#pointed(field);
    if (at === undefined) return [];
    return Array.from({ length: this.#view.getUint32(at, true) }, (_, index) => {
      const slot = at + 4 + index * 4;
      return new FlatTable(this.#view, slot + this.#view.getUint32(slot, true));
    });
  }

  /** A vector of structs of two 64-bit numbers each: Arrow's buffers and field nodes. */
  pairs(field: number): readonly (readonly [number, number])[] {
    const at = this.#pointed(field);
    if (at === undefined) return [];
    return Array.from({ length: this.#view.getUint32(at, true) }, (_, index) => {
      const pair = at + 4 + index * 16;
      return [Number(this.#view.getBigInt64(pair, true)), Number(this.#view.getBigInt64(pair + 8, true))];
    });
  }
}
