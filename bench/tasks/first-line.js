/*
 * When the first line of a function ran, by the machine's monotonic clock, which all its processes and threads
 * read alike. In milliseconds.
 */
export function firstLine() {
  return Number(process.hrtime.bigint()) / 1e6
}
