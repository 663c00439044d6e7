"""Newest wins, one decode at a time; what is measured; when to try again."""

from __future__ import annotations

from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP


async def test_of_what_arrives_during_a_decode_only_the_newest_is_shown(modules: Modules) -> None:
    shown = await modules(
        """
        const { Decoder } = await load("live/decoder.js");
        const shown = [], waiting = [];
        const decode = (frame) => new Promise((done) => waiting.push(done));
        const decoder = new Decoder((bitmap, { seq }) => shown.push(seq), () => {}, decode);
        for (const seq of [1, 2, 3, 4]) decoder.push({ seq });
        const pendingAtOnce = waiting.length;
        waiting.shift()("one"); await new Promise(setTimeout);
        waiting.shift()("four"); await new Promise(setTimeout);
        return { shown, pendingAtOnce, skipped: decoder.skipped };
        """
    )
    assert shown == {"shown": [1, 4], "pendingAtOnce": 1, "skipped": 2}


async def test_half_a_frame_is_acknowledged_and_the_next_one_shown(modules: Modules) -> None:
    shown = await modules(
        """
        const { Decoder } = await load("live/decoder.js");
        const canvas = new OffscreenCanvas(8, 8); canvas.getContext("2d").fillRect(0, 0, 8, 8);
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
        const shown = [], broken = [];
        const show = (bitmap, { seq }) => shown.push([seq, bitmap.width]);
        const decoder = new Decoder(show, ({ seq }) => broken.push(seq));
        decoder.push({ seq: 1, payload: bytes.slice(0, 20) });
        await new Promise((done) => setTimeout(done, 300));
        decoder.push({ seq: 2, payload: bytes });
        await new Promise((done) => setTimeout(done, 300));
        return { shown, broken };
        """
    )
    assert shown == {"shown": [[2, 8]], "broken": [1]}


async def test_the_first_move_goes_at_once_and_the_last_one_always(modules: Modules) -> None:
    sent = await modules(
        """
        const { Paced } = await load("input/paced.js");
        let now = 0, timer = null; const sent = [];
        const clock = {
          now: () => now, clear: () => { timer = null; },
          set: (run, ms) => { timer = { run, at: now + ms }; return timer; },
        };
        const moves = new Paced((item) => sent.push([now, item]), 16, undefined, clock);
        moves.push("a"); now = 4; moves.push("b"); now = 9; moves.push("c");
        now = timer.at; timer.run();
        now = 20; moves.push("d"); moves.flush();
        return sent;
        """
    )
    assert sent == [[0, "a"], [16, "c"], [20, "d"]]


async def test_the_age_of_the_picture_counts_the_way_here_and_grows(modules: Modules) -> None:
    ages = await modules(
        """
        const { Flow } = await load("live/flow.js");
        const flow = new Flow();
        const before = flow.age(0);
        flow.pinged(1000); flow.ponged(1040); flow.pinged(2000); flow.ponged(2100);
        flow.painted(3000, { relayAge: 5 }, 2990);
        return [before, flow.age(3000), flow.age(4000), flow.roundTrip];
        """
    )
    assert ages == [None, 5 + 20 + 10, 1035, 100]


async def test_the_rate_is_counted_over_the_last_two_seconds(modules: Modules) -> None:
    rates = await modules(
        """
        const { Flow } = await load("live/flow.js");
        const flow = new Flow();
        for (let at = 0; at < 4000; at += 100) flow.painted(at, { relayAge: 0 }, at);
        return [Math.round(flow.rate(3900)), flow.rate(9000)];
        """
    )
    assert rates[0] in (10, 11) and rates[1] == 0


async def test_a_hidden_page_asks_for_nothing_a_driver_for_more(modules: Modules) -> None:
    paces = await modules(
        """
        const { wantedPace } = await load("live/flow.js");
        const pages = [[true, true], [false, true], [false, false]];
        return pages.map(([hidden, driving]) => wantedPace({ hidden, driving }));
        """
    )
    assert paces == [0, 30, 10]


async def test_waits_double_up_to_eight_seconds_and_never_agree(modules: Modules) -> None:
    waits = await modules(
        """
        const { waitBefore } = await load("live/backoff.js");
        return { longest: [0, 1, 2, 3, 4, 5, 50].map((attempt) => waitBefore(attempt, 0)), shortest: waitBefore(4, 1) };
        """
    )
    assert waits == {"longest": [500, 1000, 2000, 4000, 8000, 8000, 8000], "shortest": 5600}
