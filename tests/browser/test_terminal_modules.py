"""The terminal's parts that need no computer: marks on bytes, history, words, acknowledgements."""

from __future__ import annotations

from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

MARKED = """
const { Marker, unmarked } = await load("terminal/marked.js");
const marker = new Marker(), encode = new TextEncoder(), decode = new TextDecoder();
const through = (stream, text) => decode.decode(marker.mark(stream, encode.encode(text)));
const plain = (text) => text.replace(/\\x1b\\[[0-9;]*m/g, "");
"""


async def test_every_line_of_stderr_begins_with_a_mark_however_it_is_cut(modules: Modules) -> None:
    found = await modules(
        MARKED
        + """
        const whole = plain(through(1, "out\\n") + through(2, "a\\nb\\n\\nc\\n") + through(1, "out\\n"));
        let cut = "";
        for (const letter of "a\\nb\\n\\nc\\n") cut += plain(through(2, letter));
        return { whole, cut, back: unmarked(whole) };
        """
    )
    assert found["whole"] == "out\n▌a\n▌b\n▌\n▌c\nout\n"
    assert found["cut"] == "▌a\n▌b\n▌\n▌c\n"
    assert found["back"] == "out\na\nb\n\nc\nout\n"


async def test_stderr_in_the_middle_of_a_line_is_marked_there_and_stdout_is_itself_again(
    modules: Modules,
) -> None:
    found = await modules(MARKED + 'return [through(1, "out"), through(2, "err"), through(1, "out")];')
    assert found[0] == "out" and "▌" in found[1] and found[2] == "\x1b[0mout"


async def test_stdout_passes_without_being_copied(modules: Modules) -> None:
    assert await modules(
        MARKED + 'const bytes = encode.encode("x\\ny"); return marker.mark(1, bytes) === bytes;'
    )


async def test_the_history_keeps_what_was_being_typed_and_no_doubles(modules: Modules) -> None:
    found = await modules(
        """
        const { History } = await load("terminal/history.js");
        const history = new History();
        const none = history.before("x");
        for (const command of ["one", "two", "two"]) history.add(command);
        const way = [history.before("draft"), history.before(""), history.before("")];
        way.push(history.after(), history.after(), history.after());
        for (let at = 0; at < 500; at++) history.add(`c${at}`);
        let kept = 0;
        while (history.before("") !== null) kept++;
        return { none, way, kept };
        """
    )
    assert found == {"none": None, "way": ["two", "one", None, "two", "draft", None], "kept": 200}


async def test_how_it_ended_is_a_sentence(modules: Modules) -> None:
    found = await modules(
        """
        const { result, duration, succeeded } = await load("terminal/words.js");
        const exit = (code, milliseconds) => result({ outcome: "exit", code, milliseconds }, 5);
        return [
          exit(0, 412), exit(127, 12300), exit(-1, 5001), exit(-1, 100), exit(null, 100), duration(185_000),
          result({ outcome: "cancelled", milliseconds: 1000, may_run: true }, 5),
          result({ outcome: "failed", milliseconds: 1000, message: "No sandbox." }, 5),
          succeeded({ outcome: "exit", code: 0 }), succeeded({ outcome: "cancelled", code: 0 }),
        ];
        """
    )
    assert found == [
        "exit 0 · 0.4 s", "exit 127 · 12 s", "timed out after 5 s",
        "ended before it was done · 0.1 s",
        "ended, exit code unknown · 0.1 s", "3 min 5 s", "cancelled · 1.0 s · it may still be running",
        "No sandbox. · 1.0 s", True, False,
    ]  # fmt: skip


async def test_acknowledgements_are_few_and_the_last_is_never_forgotten(modules: Modules) -> None:
    found = await modules(
        """
        const { Acknowledge } = await load("terminal/acknowledge.js");
        const sent = [];
        const acknowledge = new Acknowledge((seq) => sent.push(seq));
        for (let seq = 1; seq <= 100; seq++) acknowledge.written(seq, 10);
        const atOnce = [...sent];
        await new Promise((done) => setTimeout(done, 300));
        return { atOnce, sent };
        """
    )
    assert found == {"atOnce": [32, 64, 96], "sent": [32, 64, 96, 100]}


async def test_of_what_comes_while_nobody_looks_the_end_is_kept_and_the_rest_counted(
    modules: Modules,
) -> None:
    found = await modules(
        """
        const { Backlog } = await load("terminal/backlog.js");
        const backlog = new Backlog(), piece = new Uint8Array(32 * 1024);
        for (let at = 0; at < 1000; at++) backlog.keep(1, piece);
        const { pieces, dropped } = backlog.take();
        const again = backlog.take();
        return { kept: pieces.length, dropped: dropped / piece.length, again: [again.pieces.length, again.dropped] };
        """
    )
    assert found == {"kept": 128, "dropped": 872, "again": [0, 0]}
