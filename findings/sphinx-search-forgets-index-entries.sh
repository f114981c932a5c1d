#!/usr/bin/env bash
# An incremental build with Sphinx 7.4.7 drops index entries from the search. Of two pages with one
# entry each, one is changed and the project built again: searchindex.js then lists only the entry
# of the changed page, while genindex.html lists both. Text and titles of the page that was not
# read again stay in the search, so that nothing looks wrong. A build from nothing is complete.
# Sphinx 9.0.4 does the same.
# Seen: ['neocognitron', 'perceptron'], and after the second build ['neocognitron'].
. "$(dirname "$0")/common.sh"
run sphinx==7.4.7 docutils==0.21.2 <<'PY'
import json
from pathlib import Path

from sphinx.cmd.build import main

PAGES = {
    "index": "Home\n====\n\n.. toctree::\n\n   one\n   two\n",
    "one": "One\n===\n\n.. index:: !perceptron\n\nA first page.\n",
    "two": "Two\n===\n\n.. index:: !neocognitron\n\nA second page.\n",
}
BOOK = Path("book")
BOOK.mkdir()
(BOOK / "conf.py").write_text("project = 'two pages'\n")
for name, text in PAGES.items():
    (BOOK / f"{name}.rst").write_text(text)


def entries():
    assert main(["-q", "-b", "html", "book", "built"]) == 0
    text = Path("built/searchindex.js").read_text()
    index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    return sorted(index["indexentries"]), index["docnames"]


whole, pages = entries()
print(whole)
(BOOK / "two.rst").write_text(PAGES["two"] + "\nOne more sentence.\n")
after, same_pages = entries()
print(after)
assert pages == same_pages
assert whole == ["neocognitron", "perceptron"]
assert after == ["neocognitron"]
assert "perceptron" in Path("built/genindex.html").read_text()
PY
