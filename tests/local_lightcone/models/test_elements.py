"""What is seen of a real page beside its picture."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

from local_lightcone.actions.picture import screenshot
from local_lightcone.models.serve import Models
from local_lightcone.shots import Shots

from .. import site as pages
from .loop import Agent

FRAMES = """<!doctype html><title>Frames</title><body style="margin:0">
<iframe style="position:absolute;left:100px;top:50px;width:300px;height:200px;border:10px solid"
 srcdoc="<body style='margin:0'><button style='position:absolute;left:40px;top:60px;width:100px;height:40px'
 onclick='parent.document.title=`inner`'>Inner</button>"></iframe>
<div id=host style="position:absolute;left:500px;top:50px"></div>
<script>host.attachShadow({mode: "open"}).innerHTML =
 "<button onclick='document.title=`shadow`'>Shadow</button>"</script>
"""
LONG = """<!doctype html><title>Long</title><script>
for (let n = 0; n < 3000; n++) document.write(`<p>Line ${n} <button>Button ${n}</button>`);
document.write("<button style='position:fixed;bottom:0;left:0;width:100%;height:90px'" +
 " onclick='document.title=`fixed`'>Fixed</button>");
</script>"""
LIAR = """<!doctype html><title>Liar</title>
<form><input name=getBoundingClientRect><input name=innerText><input name=localName><button>Send</button></form>
<img name=createTreeWalker><img name=elementFromPoint>
<button id=real onclick="document.title='pressed'">Real</button>
<script>
Element.prototype.getBoundingClientRect = () => ({left: 0, top: 0, right: 9, bottom: 9, width: 9, height: 9});
Element.prototype.getAttribute = () => "lie"; Node.prototype.contains = () => { throw 1 };
performance.now = () => 0; Map.prototype.set = () => { throw 2 };
</script>"""
CHECKED = """<!doctype html><title>Checked</title><body style="font:20px sans-serif">
<label><input id=a type=checkbox style="opacity:0;position:absolute"> Hidden box</label><br>
<div role=checkbox aria-checked=true tabindex=0 onclick="document.title='made'">Made box</div>
<div style="cursor:pointer" onclick="document.title='pointed'">Pointed at</div>
<button aria-label="Close"><svg width=20 height=20></svg></button>
<input placeholder="Find"><div contenteditable aria-label=Note>some text</div>
<button style="visibility:hidden">Gone</button><button style="display:none">Gone</button>"""


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, page in {"frames": FRAMES, "long": LONG, "liar": LIAR, "checked": CHECKED}.items():
        monkeypatch.setitem(pages.PAGES, f"/{name}", page)


@pytest.fixture
def agent(sdk: Lightcone, computer: str) -> Agent:
    return Agent(sdk, computer)


@pytest.fixture
def title(http: httpx.Client, computer: str) -> Callable[[], str]:
    def ask() -> str:
        body = {"action": {"type": "wait", "ms": 100}, "include_context": True}
        answer = http.post(f"/computers/{computer}/execute", json=body)
        return str(answer.json()["page_context"]["title"])

    return ask


@pytest.mark.parametrize(("name", "told"), [("Inner", "inner"), ("Shadow", "shadow")])
def test_frames_and_shadows_are_seen_into(
    agent: Agent, site: str, title: Callable[[], str], name: str, told: str
) -> None:
    agent.run(f"go to {site}/frames; click '{name}'")
    assert title() == told


def test_of_a_page_without_end_the_part_in_the_picture_comes_first(
    agent: Agent, site: str, title: Callable[[], str]
) -> None:
    agent.run(f"go to {site}/long; click 'Fixed'")
    assert title() == "fixed", agent.said
    assert "Button 3" in agent.run("read 'Button 3'")
    lost = agent.run("click 'Button 2500'")
    assert lost.endswith(
        "I do not see 'Button 2500' on this page. I was shown only a part of this page's elements."
    )


def test_what_a_page_makes_of_its_own_objects_changes_nothing(
    agent: Agent, site: str, title: Callable[[], str]
) -> None:
    agent.run(f"go to {site}/liar; click 'Real'")
    assert title() == "pressed"


def test_made_up_controls_are_known_by_what_they_do(
    agent: Agent, site: str, title: Callable[[], str]
) -> None:
    agent.run(f"go to {site}/checked; tick 'Hidden box'")
    assert "It is so already." in agent.run("tick 'Hidden box'")
    assert "It is so already." in agent.run("tick 'Made box'")
    agent.run("click 'Pointed at'")
    assert title() == "pointed"
    agent.run("click 'Close'; type 'x' into 'Find'; type 'new' into 'Note'; press Tab")
    assert agent.said[-1].startswith("Done")
    assert "I do not see 'Gone'" in agent.run("click 'Gone'")


class Slow:
    """A stage whose page gives its picture at once and answers nothing else."""

    base_url = "http://127.0.0.1:8100/"

    def __init__(self) -> None:
        self.shots, self.asked = Shots(), 0
        self.models = Models(self.shots)

    async def look(self, method: str, params: object = None) -> dict[str, str]:
        return {"data": b64encode(b"picture").decode()}

    async def call(self, method: str, params: object = None, **options: object) -> Any:
        self.asked += 1
        await asyncio.Event().wait()


async def test_a_picture_does_not_wait_for_its_elements() -> None:
    stage: Any = Slow()
    async with asyncio.timeout(5):
        result = await screenshot(stage, {})
        assert stage.asked == 0  # not even asked for before the answer is on its way
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert stage.asked == 1
        assert (
            stage.shots.get(result["screenshot_url"].rpartition("/")[2].removesuffix(".jpeg")) == b"picture"
        )
        await stage.models.close()


def test_what_stands_in_a_field_is_never_looked_at(agent: Agent, shop: str) -> None:
    agent.run(f"go to {shop}; type 'hunter2' into 'Password'; type 'me@x' into 'Email'")
    assert "hunter2" not in agent.run("read 'Password'") and "me@x" not in agent.run("read 'Email'")
    assert "hunter2" not in agent.run("read the page")
