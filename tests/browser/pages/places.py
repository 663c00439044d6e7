"""Every page of the house: where it is, whose window shows it, and which template draws it.

Whoever adds an address lists it here, as a page or with the reason why it is none; `test_every_page.py` looks at each.
`{computer}` and its like are filled in with what the tests' own stack has (`things.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Everybody's role in the team Home. Frida has every second factor; Gus has none and no password, in a team that
#: requires one; Ella owns a team with nothing in it; Charlie is in no team; nobody has signed in.
PEOPLE = {
    "alice": "owner",
    "ada": "admin",
    "bob": "operator",
    "vera": "viewer",
    "frida": "operator",
    **dict.fromkeys(("gus", "ella", "charlie", "nobody"), ""),
}
GUESS = {"login": "mallory", "password": "a wild guess"}
#: More fields than Django reads.
TOO_MUCH = {f"field-{number}": "" for number in range(1001)}


@dataclass(frozen=True)
class Place:
    """One page. With `fields` it is what a form that is sent there shows: without htmx, as if no script came. `again`:
    another place is the same in other words, so one look is enough."""

    address: str
    template: str
    who: str = "alice"
    status: int = 200
    fields: Mapping[str, str] | None = None
    again: bool = False
    #: It is there once this is.
    until: str = "h1"

    @property
    def name(self) -> str:
        said = "" if self.fields is None else " (sent)"
        return f"{self.address}{said} of {self.who}: {self.template}"


_COMPUTER, _HOME, _FACTOR = "/computers/{computer}/", "/team/home/", "/accounts/second-factor/"
_KEY = f"{_FACTOR}webauthn/keys/{{passkey}}/"
_PICTURE = "#cockpit.has-picture"

PLACES = {
    "computers": (
        Place("/", "computers/wall.html"),
        Place("/computers/new/", "computers/creation.html", until="#saved-note:not(:has-text('Asking'))"),
        Place(_COMPUTER, "computers/cockpit.html", until=_PICTURE),
        Place(f"{_COMPUTER}termination/", "computers/termination.html"),
        Place(f"{_COMPUTER}tabs/", "computers/actions/tabs.html"),
        Place(f"{_COMPUTER}macro/", "computers/macros/run.html"),
        Place(f"{_COMPUTER}hold/", "computers/actions/hold.html"),
        Place(f"{_COMPUTER}actions/click/", "computers/actions/form.html"),
        Place(f"{_COMPUTER}viewport/", "computers/actions/viewport.html"),
        Place(f"{_COMPUTER}proxy/", "computers/actions/proxy.html"),
        Place(f"{_COMPUTER}others/", "agents/others.html"),
        Place(f"{_COMPUTER}screenshot/", "computers/actions/capture.html", fields={}),
        Place(f"{_COMPUTER}html/", "computers/actions/capture.html", fields={}),
        Place(f"{_COMPUTER}selection/", "computers/selection.html", status=409, fields={}),
        Place("/fleet/termination/?computers={computer}", "computers/bulk/page.html"),
        Place("/fleet/tasks/pause/?computers={computer}", "computers/bulk/page.html", status=422, again=True),
        Place("/", "computers/wall.html", "vera", again=True),
        Place(_COMPUTER, "computers/cockpit.html", "vera", until=_PICTURE),
        Place(f"{_COMPUTER}tabs/", "computers/actions/tabs.html", "vera", again=True),
        Place("/computers/new/", "403.html", "vera", 403),
        Place("/", "computers/wall.html", "ella"),
        Place("/computers/new/", "computers/creation.html", "ella", again=True),
        Place("/", "computers/wall.html", "charlie"),
    ),
    "macros and tasks": (
        Place("/macros/", "computers/macros/list.html"),
        Place("/macros/new/", "computers/macros/editor.html"),
        Place("/macros/{macro}/", "computers/macros/editor.html"),
        Place("/macros/{macro}/deletion/", "computers/macros/deletion.html"),
        Place("/tasks/", "agents/tasks.html"),
        Place("/tasks/new/", "agents/creation.html"),
        Place("/tasks/{task}/", "agents/task.html"),
        Place("/tasks/{task}/messages/", "agents/messaging.html"),
        Place("/tasks/{task}/answer/", "agents/answering.html"),
        Place("/tasks/{task}/hand-back/", "agents/hand_back.html"),
        Place("/tasks/{task}/take-over/", "agents/anyway.html", status=422, fields={"op": "anyway"}),
        Place("/playground/", "agents/playground/page.html"),
        Place("/macros/", "computers/macros/list.html", "vera", again=True),
        Place("/tasks/{task}/", "agents/task.html", "vera", again=True),
        Place("/playground/", "403.html", "vera", 403, again=True),
        Place("/macros/", "computers/macros/list.html", "ella"),
        Place("/tasks/", "agents/tasks.html", "ella"),
        Place("/tasks/new/", "agents/creation.html", "ella", again=True),
        Place("/playground/", "agents/playground/page.html", "ella"),
        Place("/macros/", "computers/macros/list.html", "charlie", again=True),
    ),
    "teams": (
        Place(_HOME, "team/page.html"),
        Place("/team/new/", "team/new.html"),
        Place("/team/new/", "team/new.html", status=422, fields={"name": ""}, again=True),
        Place(f"{_HOME}members/{{vera}}/removal/", "team/removal.html"),
        Place(f"{_HOME}members/{{alice}}/removal/", "team/removal.html", again=True),
        Place(f"{_HOME}invitations/", "team/invited.html", fields={"role": "viewer", "days": "7"}),
        Place(f"{_HOME}connections/new/", "computers/connections/form.html"),
        Place(
            f"{_HOME}connections/new/", "computers/connections/form.html", status=422, fields={}, again=True
        ),
        Place(f"{_HOME}connections/{{connection}}/", "computers/connections/form.html"),
        Place(f"{_HOME}connections/{{connection}}/removal/", "computers/connections/removal.html"),
        Place("/audit/", "audit/audit.html"),
        Place(_HOME, "team/page.html", "ada"),
        Place(_HOME, "team/page.html", "bob"),
        Place("/invitations/nonsense/", "team/invitation.html", "bob", 410),
        Place(_HOME, "team/page.html", "vera", again=True),
        Place("/audit/", "403.html", "vera", 403, again=True),
        Place("/team/nothing/", "team/page.html", "ella"),
        Place("/audit/", "audit/audit.html", "ella", again=True),
        Place("/team/", "team/teams.html", "charlie"),
        Place("/invitations/{invitation}/", "team/invitation.html", "charlie"),
    ),
    "accounts": (
        Place("/accounts/", "account/account.html"),
        Place("/accounts/password/change/", "account/password_change.html"),
        Place("/accounts/password/change/", "account/password_change.html", fields={"oldpassword": "no"}),
        Place("/accounts/logout/", "account/logout.html"),
        Place(_FACTOR, "mfa/index.html", again=True),
        Place(f"{_FACTOR}totp/activate/", "mfa/totp/activate_form.html"),
        Place(f"{_FACTOR}totp/activate/", "mfa/totp/activate_form.html", fields={"code": "1"}, again=True),
        Place(f"{_FACTOR}webauthn/", "mfa/webauthn/authenticator_list.html", again=True),
        Place("/accounts/", "account/account.html", "gus", again=True),
        Place("/accounts/password/set/", "account/password_set.html", "gus"),
        Place("/", "mfa/index.html", "gus"),
        Place("/accounts/reauthenticate/", "account/reauthenticate.html", "frida"),
        Place("/accounts/reauthenticate/", "account/reauthenticate.html", "frida", fields={"password": "no"}),
        Place(f"{_FACTOR}reauthenticate/", "mfa/reauthenticate.html", "frida"),
        Place(f"{_FACTOR}webauthn/reauthenticate/", "mfa/webauthn/reauthenticate.html", "frida"),
        Place("/accounts/", "account/account.html", "frida", again=True),
        Place(_FACTOR, "mfa/index.html", "frida"),
        Place(f"{_FACTOR}totp/deactivate/", "mfa/totp/deactivate_form.html", "frida"),
        Place(f"{_FACTOR}recovery-codes/", "mfa/recovery_codes/index.html", "frida"),
        Place(f"{_FACTOR}recovery-codes/generate/", "mfa/recovery_codes/generate.html", "frida"),
        Place(f"{_FACTOR}webauthn/", "mfa/webauthn/authenticator_list.html", "frida"),
        Place(f"{_FACTOR}webauthn/add/", "mfa/webauthn/add_form.html", "frida"),
        Place(f"{_KEY}edit/", "mfa/webauthn/edit_form.html", "frida"),
        Place(f"{_KEY}remove/", "mfa/webauthn/authenticator_confirm_delete.html", "frida"),
    ),
    "nobody": (
        Place("/invitations/{invitation}/", "team/invitation.html", "nobody"),
        Place(
            "/invitation/", "team/invitation.html", "nobody", 422, {"username": "a b", "password": "short"}
        ),
        Place("/accounts/login/", "account/login.html", "nobody"),
        Place("/accounts/login/", "account/login.html", "nobody", fields=GUESS, again=True),
        Place("/accounts/signup/", "account/signup_closed.html", "nobody"),
        Place("/accounts/inactive/", "account/account_inactive.html", "nobody"),
        Place("/accounts/sso/cancelled/", "account/login.html", "nobody"),
        Place("/accounts/login/", "400.html", "nobody", 400, TOO_MUCH),
        Place("/accounts/login/", "403.html", "nobody", 403, {"csrfmiddlewaretoken": "an old one"}),
        Place("/no-such-page/", "404.html", "nobody", 404),
    ),
}

#: What is seen on the way of a second factor and of a provider, after too many tries and where something fails here, by
#: tests of its own.
ON_THE_WAY = (
    Place(f"{_FACTOR}authenticate/", "mfa/authenticate.html", "frida"),
    Place("/accounts/login/", "429.html", "nobody", 429),
    Place("/broken/", "500.html", "nobody", 500),
    Place("/accounts/sso/login/", "socialaccount/leaving.html", "nobody", fields={}),
    Place("/accounts/sso/login/callback/", "socialaccount/authentication_error.html", "nobody", 401),
)
#: All of them.
EVERY = tuple(place for places in (*PLACES.values(), ON_THE_WAY) for place in places)

_PART = "A part of a page, which is looked at as it stands there."
_ANSWER = "It answers a form, with a sentence in its page or by leading back there."
_FILE = "A file."
#: By the address's full name, why there is no page.
NO_PAGES = {
    **dict.fromkeys(("computers:saved", "computers:timeline", "agents:steps", "agents:models"), _PART),
    **dict.fromkeys(("agents:respond", "agents:stored", "agents:carry_out", "agents:code"), _PART),
    **dict.fromkeys(("computers:capture", "computers:timeline_export", "audit_export"), _FILE),
    "mfa_download_recovery_codes": _FILE,
    "agents:chat": "Lines of JSON.",
    **{
        f"computers:{name}": _ANSWER
        for name in (
            *("navigation", "back", "forward", "reload", "tab_closure", "tab_switch", "keep_alive"),
            *("hold_end", "recording", "recording_end", "pin", "connection_test"),
        )
    },
    **{f"agents:{name}": _ANSWER for name in ("pause", "resume", "claim", "claim_end")},
    **{f"team:{name}": _ANSWER for name in ("settings", "member_role", "invitation_revocation")},
    **dict.fromkeys(("account_name", "session_end", "sessions_end", "sso_unlink"), _ANSWER),
}
