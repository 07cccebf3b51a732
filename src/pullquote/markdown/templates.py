"""What template languages leave in articles: shortcodes, Liquid, kramdown attributes, wiki marks.

A Markdown parser takes them for text, and a link's target that holds one for no link at all. So
their places are found first and painted over, character for character, before the text is parsed.
Inside code they are what the article talks about, and stay.
"""

import re
from collections.abc import Iterator

Mark = tuple[int, int]

_WORDPRESS = "caption|gallery|embed|video|audio|playlist|soundcloud|youtube|gist"
_TOKEN = re.compile(
    r"""
    \\`
  | ^[ \t>]*(?P<fence>`{3,}|~{3,})[^`\r\n]*(?=[\r\n]|\Z)
  | (?P<code>`+)
  | (?P<open>\{\{<|\{\{%|\{\{|\{%)
  | (?P<whole>
        TOC_ITEM\{:[ \t]*toc\b[^{}\r\n]*\}         # kramdown: the list that is replaced
      | \{:[ \t]*[.\#\w:/][^{}\r\n]*\}            # and {:target="_blank"} but not {:?}
      | (?<=[)\]*`])\{[ \t]*[.\#]\w[^{}\r\n]*\}     # and Eleventy: [text](url){.class}
      | \{(?<![^\r\n\ufeff]\{)[ \t]*[.\#]\w[^{}\r\n]*\}[ \t]*(?=[\r\n]|\Z)
      | \[/(?:WORDPRESS)\]                              # WordPress
      | \[(?<![^\r\n\ufeff]\[)(?:WORDPRESS)\][ \t]*(?=[\r\n]|\Z)
      | \[(?:WORDPRESS)(?:[ \t]+\w+=|=|[ \t]+https?:)[^\[\]\r\n]*\]
      | \[(?<![^\r\n\ufeff]\[)\[?_{0,2}(?i:toc)_{0,2}\]\]?[ \t]*(?=[\r\n]|\Z)
      | \[(?<=>[ ]\[)!(?!ALERT)\w[\w-]*\][+-]?      # Obsidian: the kind of a callout
      | !\[\[[^\[\]\r\n]+\]\]                     # Obsidian: an embedded note or image
      | (?<!\S)%%[^%\r\n]+%%                      # Obsidian: a comment
    )
  | (?P<link>\[\[)(?P<page>[^\s\[\]|][^\[\]|\r\n]*\|)?(?=[^\s\[\]|])[^\[\]|\r\n]*(?<!\s)
    (?P<linkend>\]\])(?!\()
    """.replace("WORDPRESS", _WORDPRESS)
    .replace(
        "TOC_ITEM",
        r"[*+-](?<![^\s>][*+-])[ \t]+(?i:toc|(?:table[ ]of[ ])?contents)[ \t]*\r?\n[ \t]*",
    )
    .replace("ALERT", r"(?i:note|tip|important|warning|caution)\][ \t]*(?:[\r\n]|\Z)"),
    re.VERBOSE | re.MULTILINE,
)
# What any of these holds. Most articles hold none, and that is found out far sooner.
_SIGNS = ("`", "{", "~~~", "%%", "[[", "[!", "[/", "[_")
_NAMED = re.compile(rf"\[(?:(?i:toc)|{_WORDPRESS})")
_CLOSERS = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}"}
_REGION = re.compile(r"(?:\{%-?|\{\{<)\s*(comment|raw\b|highlight(?=\s+\w))")
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_BLANK_LINE = re.compile(r"(?>\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")
_VISIBLE = re.compile(r"[^\r\n]")
_MAX_TICKS = 8


def find_templates(text: str, start: int) -> tuple[Mark, ...]:
    r"""Return the places of template marks from `start` on, in order and apart.

    Lines must end in ``\n`` or ``\r\n``. Linear: what is unclosed by the end of its paragraph is
    text, and is not looked for again.
    """
    if _NAMED.search(text, start) or any(text.find(sign, start) >= 0 for sign in _SIGNS):
        return tuple(_Scanner(text, start).marks())
    return ()


def paint_over(text: str, marks: tuple[Mark, ...]) -> str:
    """Return the text with letters in place of the marks; line breaks stay."""
    parts, place = [], 0
    for low, high in marks:
        parts += [text[place:low], _VISIBLE.sub("x", text[low:high])]
        place = high
    return "".join([*parts, text[place:]])


class _Scanner:
    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._place = start
        self._limit = start  # where the paragraph ends
        self._missing: set[str] = set()  # closers that this paragraph lacks from here on
        self._endless: set[str] = set()  # and those that the whole text lacks

    def marks(self) -> Iterator[Mark]:
        while token := _TOKEN.search(self._text, self._place):
            if token.start() >= self._limit:
                self._enter_paragraph(token.start())
            self._place = token.end()
            if token["whole"]:
                yield token.span()
            elif token["link"]:
                yield token.start("link"), max(token.end("link"), token.end("page"))
                yield token.span("linkend")
            elif token["open"]:
                yield from self._template(token.start(), token["open"])
            elif token["fence"]:
                self._skip_fence(token["fence"])
            elif token["code"]:
                yield from self._code(token["code"])

    def _enter_paragraph(self, place: int) -> None:
        blank = _BLANK_LINE.search(self._text, place)
        self._limit = blank.start() if blank else len(self._text)
        self._missing.clear()

    def _template(self, start: int, opener: str) -> Iterator[Mark]:
        closer = _CLOSERS[opener]
        if closer in self._missing:
            return
        end = self._text.find(closer, self._place, self._limit)
        if end < 0:
            self._missing.add(closer)
            return
        self._place = end + len(closer)
        region = _REGION.match(self._text, start)
        last = self._end_of(region[1]) if region else None
        if region and last and region[1] == "raw":
            # What stands between the two marks is shown as it stands.
            yield start, self._place
            start = last.start()
        self._place = last.end() if last else self._place
        yield start, self._place

    def _end_of(self, region: str) -> re.Match[str] | None:
        if region in self._endless:
            return None
        last = re.compile(
            rf"\{{%-?\s*end{region}\s*-?%\}}|\{{\{{<\s*/\s*{region}\s*>\}}\}}"
        ).search(self._text, self._place)
        if not last:
            self._endless.add(region)
        return last

    def _skip_fence(self, fence: str) -> None:
        closing = re.compile(
            rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*(?=[\r\n]|\Z)", re.MULTILINE
        )
        end = closing.search(self._text, self._place)
        self._place = end.end() if end else len(self._text)

    def _code(self, ticks: str) -> Iterator[Mark]:
        """Skip inline code, but for the marks that only keep Liquid off what stands there."""
        if len(ticks) > _MAX_TICKS or ticks in self._missing:
            return
        end = re.compile(rf"(?<!`){ticks}(?!`)").search(self._text, self._place, self._limit)
        if not end:
            self._missing.add(ticks)
            return
        for mark in _RAW.finditer(self._text, self._place, end.start()):
            yield mark.span()
        self._place = end.end()
