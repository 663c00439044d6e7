import io
from base64 import b64decode
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from tzafon import Lightcone

from local_lightcone import shots


@pytest.mark.sdk("POST /computers/{id}/screenshot", "computers.screenshot")
@pytest.mark.must("pictures")
def test_a_screenshot_is_a_jpeg_that_anybody_with_its_address_may_fetch(
    sdk: Lightcone, computer: str
) -> None:
    result = sdk.computers.screenshot(computer).result or {}
    url = str(result["screenshot_url"])
    assert set(result) == {"screenshot_url"}
    assert urlsplit(url).scheme == "http" and url.endswith(".jpeg")
    picture = httpx.get(url)
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(picture.content)).size == (800, 600)


def test_it_comes_along_as_base64_when_asked(sdk: Lightcone, computer: str) -> None:
    result = sdk.computers.screenshot(computer, base64=True).result or {}
    assert b64decode(str(result["screenshot_base64"])) == httpx.get(str(result["screenshot_url"])).content


@pytest.mark.must("pictures")
def test_its_name_cannot_be_guessed(sdk: Lightcone, computer: str) -> None:
    urls = {str((sdk.computers.screenshot(computer).result or {})["screenshot_url"]) for _ in range(2)}
    assert len(urls) == 2
    assert all(len(url.rpartition("/")[2]) >= 32 for url in urls)
    name = urls.pop().removesuffix(".jpeg")
    another = name[:-1] + ("y" if name.endswith("x") else "x")
    assert httpx.get(f"{another}.jpeg").status_code == 404


def test_it_works_without_a_body_and_refuses_a_wrong_one(http: httpx.Client, computer: str) -> None:
    address = f"/computers/{computer}/screenshot"
    assert http.post(address, headers={"Content-Type": "application/json"}).status_code == 200
    assert http.post(address, json={"base64": "yes"}).status_code == 400


@pytest.mark.sdk("POST /computers/{id}/html", "computers.html")
def test_html_is_the_page_as_it_stands(sdk: Lightcone, computer: str) -> None:
    content = str((sdk.computers.html(computer).result or {})["html_content"])
    assert content.lower().startswith("<!doctype html>")
    assert "<p>größer</p>" in content


@pytest.mark.must("pictures")
def test_pictures_expire() -> None:
    now = 0.0
    kept = shots.Shots(clock=lambda: now)
    name = kept.put(b"one")
    now = shots.LIFE_SECONDS - 1
    assert kept.get(name) == b"one"
    now = shots.LIFE_SECONDS + 1
    assert kept.get(name) is None


def test_the_oldest_picture_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "MOST_BYTES", 10)
    kept = shots.Shots()
    first, second = kept.put(b"123456"), kept.put(b"123456")
    assert (kept.get(first), kept.get(second)) == (None, b"123456")
