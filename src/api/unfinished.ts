export function unfinished(): never {
  throw new Error("being written");
}
