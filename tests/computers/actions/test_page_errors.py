"""Why a page did not open."""

from computers.actions.page_errors import explained
from computers.upstream.errors import ActionFailed


def test_a_known_code_becomes_a_sentence_and_is_kept() -> None:
    error = explained(ActionFailed("net::ERR_NAME_NOT_RESOLVED at https://nowhere.example/"))
    assert str(error) == "The page could not be opened: the name could not be resolved."
    assert getattr(error, "code", "") == "net::ERR_NAME_NOT_RESOLVED"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert (
        str(explained(ActionFailed("net::ERR_NEW_ONE"))) == "The page could not be opened: net::ERR_NEW_ONE."
    )


def test_any_other_reason_stays_what_it_is() -> None:
    error = ActionFailed("There is no page to go back to.")
    assert explained(error) is error
