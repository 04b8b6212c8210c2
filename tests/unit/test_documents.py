"""Pages that lead nowhere, or do not say what flows through their room, are defects, too."""

import re

import pytest

LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)|`(docs/[\w./-]+\.md)`")


def pages(repository):
    return sorted([*repository.glob("*.md"), *(repository / "docs").rglob("*.md")])


def test_every_link_of_every_page_leads_somewhere(repository):
    dead = []
    for page in pages(repository):
        for target, named in LINK.findall(page.read_text("utf-8")):
            if target.startswith("http"):
                continue
            place = page.parent / target if target else repository / named
            if not place.exists():
                dead.append(f"{page.name}: {target or named}")
    assert dead == []


@pytest.mark.parametrize("word", ["**In:**", "**Out:**", "**Idea:**"])
def test_every_room_says_what_flows_in_and_out_and_its_one_idea(repository, word):
    pages = set((repository / "docs").glob("*.md"))
    rooms = {page for page in pages if page.name not in {"measured.md", "roads-compared.md"}}
    assert sorted(page.name for page in rooms if word not in page.read_text("utf-8")) == []
