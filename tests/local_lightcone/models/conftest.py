"""A page with a bit of everything that a step can point at."""

import pytest

from .. import site as pages

SHOP = """<!doctype html><meta charset=utf-8><title>Shop</title>
<body style="margin:0;font:16px sans-serif">
<h1>Welcome to the shop</h1><p id=intro>Three <b>small</b> things to buy.</p>
<nav><a href="#cart">Cart</a> <a href="#help"><h2>Help</h2></a></nav>
<form onsubmit="event.preventDefault();
 said.textContent = 'Signed in as ' + mail.value + (keep.checked ? ', kept' : '')">
<label for=mail>Email</label> <input id=mail value=old@example.com>
<label>Password <input id=secret type=password placeholder="At least 8"></label>
<label><input id=keep type=checkbox> Remember me</label>
<select id=colour aria-label="Colour"><option>Green<option>Red<option>Blue</select>
<button>Sign in</button></form>
<p id=said role=status></p>
<ul><li>One <button onclick="said.textContent='edited one'">Edit</button>
<li>Two <button onclick="said.textContent='edited two'">Edit</button></ul>
<div style="position:relative;width:200px;height:40px"><button style="width:200px;height:40px">Buried</button>
<div style="position:absolute;inset:0;background:#eee">A lid</div></div>
<button disabled>Not yet</button>
<div style="height:1500px"></div>
<button onclick="said.textContent='ordered'; scrollTo(0, 0)">Order now</button>
<script>setTimeout(() => { late.textContent = "Here at last"; }, 2500)</script><p id=late></p>
"""


@pytest.fixture
def shop(site: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(pages.PAGES, "/shop", SHOP)
    return f"{site}/shop"
