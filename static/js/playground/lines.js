/** A body of JSON lines, read as it comes. Pure but for `fetch`'s own reader. */

/**
 * The objects of a body, each once its line is whole. A line that is no JSON is an answer that broke on the way.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<any, void, void>}
 */
export async function* lines(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const whole = rest.split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) if (line) yield JSON.parse(line);
      if (done) return;
    }
  } finally {
    // Whoever stops reading stops the answer, too.
    reader.cancel().catch(() => {});
  }
}
