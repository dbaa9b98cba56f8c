/**
 * A value of SQL's `geography`: shapes on the globe, whose coordinates are degrees of longitude and latitude. As
 * `Geometry`, it is only held here.
 */
export class Geography {
  /** The shape as Well-Known Binary (OGC Simple Features). */
  readonly wkb: Uint8Array;
  /** The number of the reference system that its coordinates are in: 4326 is WGS 84, that of GPS. */
  readonly srid: number;

  constructor(wkb: Uint8Array, srid: number) {
    this.wkb = wkb;
    this.srid = srid;
  }

  /** Whether both have the same bytes and the same system; the same shape may be written in different bytes. */
  equals(other: Geography): boolean {
    return this.srid === other.srid && Buffer.compare(this.wkb, other.wkb) === 0;
  }

  /** `SRID=4326;0101…`: the bytes as hexadecimal digits. */
  toString(): string {
    return `SRID=${this.srid};${this.wkb.toHex()}`;
  }

  /** As {@link Geography.toString}. */
  toJSON(): string {
    return this.toString();
  }
}
