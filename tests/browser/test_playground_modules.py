"""A chat's answer in the page: however it is cut on the way, and however it ends, nothing of it is lost in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

#: Answers `fetch` with these pieces, then ends, breaks, or waits until it is stopped.
ASK = """
const { Answer } = await load("playground/answer.js");
const encoder = new TextEncoder(), pieces = given.pieces.map((each) => Uint8Array.from(each));
window.fetch = async (address, { signal }) => {
  if (given.status === 0) throw new TypeError("no network");
  const body = new ReadableStream({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(new DOMException("stopped", "AbortError")));
    },
    pull(controller) {
      const piece = pieces.shift();
      if (piece) return controller.enqueue(piece);
      if (given.then === "end") controller.close();
      if (given.then === "break") controller.error(new TypeError("network error"));
      if (given.then === "stop") setTimeout(() => stop.abort(), 20);
      return new Promise(() => {});
    },
  });
  return new Response(body, { status: given.status });
};
const stop = new AbortController(), answer = new Answer();
const { how, sentence } = await answer.ask("/nowhere/", new FormData(), stop.signal, () => {});
return [answer.text, how, sentence];
"""
DELTAS = '{"type": "delta", "text": "Hé"}\n{"type": "delta", "text": "llo"}\n'
END = '{"type": "end"}\n'


async def ask(modules: Modules, text: str, then: str = "end", status: int = 200, size: int = 1) -> Any:
    data = text.encode()
    pieces = [list(data[at : at + size]) for at in range(0, len(data), size)]
    return await modules(ASK, {"pieces": pieces, "then": then, "status": status})


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_an_answer_is_whole_however_it_is_cut(modules: Modules, size: int) -> None:
    assert await ask(modules, DELTAS + END, size=size) == ["Héllo", "whole", ""]


@pytest.mark.parametrize(
    ("text", "then", "how", "said"),
    [
        (DELTAS, "end", "broken", "broke before the answer was over"),
        (DELTAS, "break", "broken", "broke before the answer was over"),
        (DELTAS + '{"type": "del', "end", "broken", "broke before the answer was over"),
        (DELTAS + "<html>\n", "end", "broken", "broke before the answer was over"),
        (
            DELTAS + '{"type": "trouble", "sentence": "The model failed."}\n',
            "end",
            "broken",
            "The model failed.",
        ),
        (DELTAS, "stop", "stopped", "You stopped it here."),
    ],
)
async def test_an_answer_that_is_not_whole_keeps_what_came_and_says_so(
    modules: Modules, text: str, then: str, how: str, said: str
) -> None:
    found, ended, sentence = await ask(modules, text, then)
    assert (found, ended) == ("Héllo", how) and said in sentence


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ('{"sentence": "Please choose a model.", "field": "model"}', 422, "Please choose a model."),
        ("<h1>Forbidden</h1>", 403, "reload the page"),
        ("", 413, "too much"),
        ("", 0, "did not answer"),
    ],
)
async def test_a_refusal_says_why(modules: Modules, text: str, status: int, said: str) -> None:
    found, how, sentence = await ask(modules, text, status=status or 0)
    assert (found, how) == ("", "refused") and said in sentence
