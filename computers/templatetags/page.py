"""What templates need of the static files: the import map, icons, module preloads."""

from functools import cache
from pathlib import Path

import orjson
from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SCRIPTS = Path("js")
SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"
VENDORED = {
    "htmx.org": "vendor/htmx-4.0.1/htmx.js",
    "@xterm/xterm": "vendor/xterm-xterm-6.0.0/xterm.js",
    "@xterm/addon-fit": "vendor/xterm-addon-fit-0.11.0/addon-fit.js",
    "@xterm/addon-search": "vendor/xterm-addon-search-0.16.0/addon-search.js",
}


@register.simple_tag
def importmap() -> SafeString:
    """Bare module names → hashed addresses: modules import bare names only, so each address may carry its own hash."""
    modules = {name: f"js/{name}" for name in _module_names()}
    imports = {name: static(path) for name, path in (VENDORED | modules).items()}
    # JSON in a script element: only "</" could end it, and no file of ours is called that.
    return mark_safe(orjson.dumps({"imports": imports}).decode())


@register.simple_tag
def modulepreload(*rooms: str) -> SafeString:
    """Starts loading every module of these rooms at once, where imports would be found one after the other."""
    names = [name for name in _module_names() if name.split("/")[0] in rooms]
    return format_html_join(
        "\n", '<link rel="modulepreload" href="{}">', ((static(f"js/{name}"),) for name in names)
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite: decoration, unless it has a label of its own."""
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', speech, static(SPRITE), name)


@register.simple_tag
def single_sign_on() -> bool:
    """Whether the sign-in page offers it."""
    return bool(settings.OIDC_ISSUER)


@register.filter
def is_first_wrong(field: BoundField) -> bool:
    """Whether a person begins here again, in a form that was refused."""
    wrong = (each.name for each in field.form.visible_fields() if each.errors)
    return bool(field.form.errors) and field.name == next(wrong, None)


@register.filter
def with_focus(field: BoundField) -> SafeString:
    """A form's first field, ready to be typed into."""
    return field.as_widget(attrs={"autofocus": True})


@cache
def _module_names() -> tuple[str, ...]:
    """Every module under static/js, by its bare name ("live/screen.js")."""
    root = Path(settings.BASE_DIR) / "static" / SCRIPTS
    return tuple(sorted(path.relative_to(root).as_posix() for path in root.glob("*/*.js")))
