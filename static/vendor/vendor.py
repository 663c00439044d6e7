"""Fetches what the page uses from others into folders named `<name>-<version>`, licence beside it.

`python static/vendor/vendor.py` needs npm and writes; `--check` needs nothing and compares every
served file with MANIFEST.json (its sha384 is the lock: no lockfile, which would name a registry).
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "MANIFEST.json"
SOURCE_MAP = re.compile(r"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)\s*$")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BOUNDING_BOX = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" />')

# Package → (file in the package, file served).
SERVED = {
    "htmx.org": [("dist/htmx.esm.min.js", "htmx.js"), ("LICENSE", "LICENSE")],
    # The package carries no licence file; the one committed beside it is the text its banner names.
    "@tabler/core": [("dist/css/tabler.min.css", "tabler.css")],
    "@tabler/icons": [("LICENSE", "LICENSE")],
    "@xterm/xterm": [("lib/xterm.mjs", "xterm.js"), ("css/xterm.css", "xterm.css"), ("LICENSE", "LICENSE")],
    "@xterm/addon-fit": [("lib/addon-fit.mjs", "addon-fit.js"), ("LICENSE", "LICENSE")],
    "@xterm/addon-search": [("lib/addon-search.mjs", "addon-search.js"), ("LICENSE", "LICENSE")],
}


def folder(package: str, version: str) -> Path:
    return HERE / f"{package.removeprefix('@').replace('/', '-').removesuffix('.org')}-{version}"


def fetch(package: str, version: str, into: Path) -> Path:
    """Unpacks one package without running any of its scripts and without its dependencies."""
    command = ["npm", "pack", f"{package}@{version}", "--ignore-scripts", "--silent"]
    archive = subprocess.run(command, cwd=into, check=True, capture_output=True, text=True).stdout.split()[-1]
    target = into / archive.removesuffix(".tgz")
    with tarfile.open(into / archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def sprite(icons: Path) -> str:
    """One file of symbols: a page's forty icons are one cached request."""
    symbols = []
    for name in (HERE / "icons.txt").read_text().split():
        body = SVG_BODY.search((icons / f"{name}.svg").read_text())
        assert body, f"{name}.svg has no body"
        paths = " ".join(BOUNDING_BOX.sub("", body[1]).split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def sha384(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def served_files() -> dict[str, str]:
    files = sorted(path for path in HERE.glob("*/*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(HERE).as_posix(): sha384(path) for path in files}


def vendor() -> None:
    wanted: dict[str, str] = json.loads((HERE / "package.json").read_text())["devDependencies"]
    with tempfile.TemporaryDirectory() as scratch:
        for package, version in wanted.items():
            source, target = fetch(package, version, Path(scratch)), folder(package, version)
            target.mkdir(exist_ok=True)
            for inside, name in SERVED[package]:
                # A source map that is not there makes `collectstatic` fail, so its mention goes.
                (target / name).write_text(SOURCE_MAP.sub("\n", (source / inside).read_text()))
            if package == "@tabler/icons":
                (target / "sprite.svg").write_text(sprite(source / "icons/outline"))
    MANIFEST.write_text(json.dumps(served_files(), indent=2) + "\n")


def check() -> int:
    if served_files() == json.loads(MANIFEST.read_text()):
        return 0
    print(
        "static/vendor differs from its MANIFEST.json: run `python static/vendor/vendor.py`", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else vendor())
