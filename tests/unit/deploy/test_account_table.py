"""docs/security.md prints the rights that accounts really have."""

from launcher.account_table import BEGIN, END, FILE, render


def test_the_page_says_what_the_table_says() -> None:
    """If not: `python -c "from launcher import account_table as t; t.write()"`."""
    text = FILE.read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0] == render()
