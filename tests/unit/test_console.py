"""What data hold never commands the terminal."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lastmile.console import Screen, printable

NASTY = "店\x1b[2J\x1b]0;hurt\x07\x9b31m\u202e\u2066\x00\r名"


def is_safe(text):
    return all(c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in text)


@given(st.text())
def test_whatever_is_shown_holds_no_character_that_a_terminal_obeys(text):
    assert is_safe(printable(text))


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])))
def test_what_can_be_shown_is_shown_as_it_is(text):
    assert printable(text) == text


def test_no_outlet_lets_a_control_character_through(capsys):
    screen = Screen(quiet=False, as_json=False)
    screen.say(NASTY)
    screen.table(NASTY, (NASTY,), [(NASTY,)])
    screen.fail(NASTY)
    with screen.progress() as progress:
        progress(NASTY, 0, 1, NASTY)
        progress(NASTY, 1, 1, NASTY)
    shown = capsys.readouterr()
    assert "\\x1b[2J" in shown.out
    # Drawing a bar may move the cursor, but clears nothing and names no window.
    for code in ("\x1b[2J", "\x1b]0;", "\x9b", "\x07", "\u202e", "\x00"):
        assert code not in shown.out + shown.err
    assert is_safe(shown.out)


def test_brackets_in_a_cell_are_text(capsys):
    Screen(quiet=False, as_json=False).table("t", ("a",), [("[red]店[/red] [/]",)])
    assert "[red]店[/red] [/]" in capsys.readouterr().out


def test_json_says_the_same_without_commanding(capsys):
    Screen(quiet=False, as_json=True).result({"name": NASTY})
    text = capsys.readouterr().out
    assert json.loads(text) == {"name": NASTY}
    assert is_safe(text)
