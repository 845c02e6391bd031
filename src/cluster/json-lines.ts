const NEWLINE = 10;
/** Objects are at most about 3 MiB; a line far beyond is no answer of an API server. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * The whole lines of a stream, as JSON values. What comes after the last newline is half a line of a cut connection
 * and dropped. Holds no more than one line.
 */
export async function* jsonLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      pieces.push(chunk.subarray(from, end));
      from = end + 1;
      const line = Buffer.concat(pieces).toString('utf8');
      [pieces, size] = [[], 0];
      if (line.trim() !== '') yield JSON.parse(line) as unknown;
    }
    if (from === chunk.length) continue;
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) throw new SyntaxError(`a line of more than ${MAX_LINE_BYTES} bytes`);
  }
}
