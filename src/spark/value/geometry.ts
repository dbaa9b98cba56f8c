/**
 * A value of SQL's `geometry`: shapes in a plane. Spark computes with them (`st_…`); here they are only held.
 *
 * ```ts
 * const row = await df.first(); // SELECT st_geomfromwkb(X'0101000000000000000000F03F0000000000000040', 3857) AS place
 * if (row?.["place"] instanceof Geometry) row["place"].srid; // 3857
 * ```
 */
export class Geometry {
  /** The shape as Well-Known Binary (OGC Simple Features), which libraries for maps read. */
  readonly wkb: Uint8Array;
  /** The number of the reference system that its coordinates are in; 0 where it is in none. */
  readonly srid: number;

  constructor(wkb: Uint8Array, srid: number) {
    this.wkb = wkb;
    this.srid = srid;
  }

  /** Whether both have the same bytes and the same system; the same shape may be written in different bytes. */
  equals(other: Geometry): boolean {
    return this.srid === other.srid && Buffer.compare(this.wkb, other.wkb) === 0;
  }

  /** `SRID=3857;0101…`: the bytes as hexadecimal digits. */
  toString(): string {
    return `SRID=${this.srid};${this.wkb.toHex()}`;
  }

  /** As {@link Geometry.toString}. */
  toJSON(): string {
    return this.toString();
  }
}
