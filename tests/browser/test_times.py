"""A time ticks, and costs nothing that stays the same."""

from __future__ import annotations

from playwright.async_api import Page

from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

#: Shows a time three times, the last one after it became another moment, and tells after each how often a title was
#: written and what the element says.
SHOWN = """async () => {
  const { show } = await import("ui/times.js");
  const time = document.createElement("time");
  time.dataset.shows = "ago";
  time.setAttribute("datetime", new Date(Date.now() - 60_500).toISOString());
  let writes = 0;
  const seen = [];
  const observer = new MutationObserver((records) => { writes += records.length; });
  observer.observe(time, { attributeFilter: ["title"] });
  const once = async () => {
    show(time);
    await Promise.resolve();
    seen.push([writes, time.textContent, time.title]);
  };
  await once();
  await once();
  time.setAttribute("datetime", new Date(Date.now() - 7_200_500).toISOString());
  await once();
  return seen;
}"""


async def test_the_exact_time_is_written_out_once_for_each_moment(page: Page) -> None:
    first, again, other = await page.evaluate(SHOWN)
    assert first[:2] == [1, "1 min ago"]
    assert again == first
    assert other[:2] == [2, "2 h ago"]
    assert other[2] != first[2]
