/** Whether a server's version, such as `3.5.7` or `4.3.0-SNAPSHOT`, is before a minor version, such as `4.0`. */
export function isBefore(version: string, minor: string): boolean {
  const [major, digit] = numbersOf(version);
  const [otherMajor, otherDigit] = numbersOf(minor);
  return major < otherMajor || (major === otherMajor && digit < otherDigit);
}

/** A version that nobody can read is taken for the newest. */
function numbersOf(version: string): readonly [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return major === undefined ? [Infinity, 0] : [Number(major), Number(minor)];
}
