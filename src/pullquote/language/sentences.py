"""Rule-based sentence boundaries, as offsets into the text they were found in.

A boundary is looked for only at a run of stop marks, and every look around it is bounded or
consumes what it reads, so the time is linear in the text. Where a rule is unsure it joins: a
quotation that is one sentence too long still reads, one that is cut in the middle does not.
"""

import re
from typing import Final

from pullquote.patterns import lazily


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# English with some German, French and Spanish. Case counts: "Ill." is a state and "ill." is not.
# These are never the last word of a sentence: the name, number or example must follow.
_OPENING: Final = _words(
    """
    Mr Mrs Ms Messrs Cllr Dr Prof St Mt Ft Gen Sen Rep Gov Lt Col Capt Cmdr Sgt Maj Adm Rev Hon
    Pres Bro
    approx vs e.g i.e cf viz ca
    Hr Fr bzw z.B d.h u.a sog Mme Mlle MM Sr Sra Srta Dra
    """
)
# These announce a number; before anything else they are ordinary words ("he said no.").
_NUMBERED: Final = _words(
    """
    No no Nos nos Nr Fig Figs fig Eq Eqs Sec Art Arts Vol Vols vol Ch ch pp p Abs Bd Núm núm pág
    """
)
# These may end a sentence or not: the next word decides. Initials and dotted words ("U.S.",
# "p.m.") are treated so without being listed.
_OTHER: Final = _words(
    """
    Inc Corp Co Cos Ltd Bros Jr Esq Ph.D al Dept Univ Assn Ave Blvd Rd
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thurs Fri Sat
    Ala Ariz Ark Calif Colo Conn Fla Ill Ind Kan Mass Mich Minn Miss Mont Neb Nev Okla Ore Penn
    Tenn Tex Wash Wis Mio Mrd Tsd
    """
)
# Words that begin a sentence and hardly ever continue a name.
_STARTERS: Final = _words(
    """
    a an the this that these those it its he she they we i you his her their our my there here
    and but or so if when while after before since although though because however meanwhile
    still then now as at by for from in on to with under over what who why how where which
    is are was were do does did has have had can could would should
    not nobody nothing neither both each some many most all several other another one two
    der die das ein eine er sie es wir im il elle ils elles nous un une cette el los las una
    """
)
# Names that carry their exclamation mark.
_EXCLAIMED_NAMES: Final = frozenset({"yahoo", "yum", "jeopardy"})
_SPEECH_VERBS: Final = "said|says|asked|asks|added|replied|wrote|cried|shouted"
# A Greek question ends with what looks like a semicolon.
_STOPS: Final = lazily(r"[.!?…؟۔।॥։።។။]+|[。！？｡]+|\u037e|(?<=[\u0370-\u03ff\u1f00-\u1fff]);")
_WIDE_STOPS: Final = frozenset("。！？｡")
# What still belongs to the sentence after its stop: closing marks (also those set off by a space,
# as French and tokenised text do) and marks of writing direction, then footnote marks.
_TAIL: Final = lazily(
    r"""(?: [”"’'“»)\]}」』）】》] | [\u200e\u200f\u202a-\u202e\u2066-\u2069]
          | \s{1,2} (?:''|[»”)\]}]) (?=\s|$) )*
        (?: \[[^\s\[\]]{1,4}\] | [¹²³⁰⁴-⁹]+
          | (?:(?<=[^\W\d_][.!?])|(?<=[”"’)]))\d{1,2}(?=\s+[^\W\d_]) )*""",
    re.VERBOSE,
)
_WHITE: Final = lazily(r"\s*")
_OPENERS: Final = lazily(r"""["'“‘«»„‚(\[{¿¡`「『（]{0,8}""")
_CONTINUES: Final = lazily(r"[\-–—,;:!?…)\]}/&=+]|\.(?!\w)")
# Lower-case words that can still begin a sentence: iPhone, example.com, https://…
_LOWER_NAME: Final = lazily(r"[a-z]{1,3}[A-Z]|[a-z]{2,9}://|[a-z0-9-]{2,40}\.[a-z]{2,}\b")
_WORD: Final = lazily(r"[^\W\d_]{1,30}(?![.\w])")
# The "s" of "the firm's." is no initial.
_LAST_WORD: Final = lazily(r"(?<![\w'’])[^\W\d_]+(?:\.[^\W\d_]+)*$")
_MARKER: Final = lazily(r"\(?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,4})")
# "am 3. Oktober", "des 19. Jahrhunderts"; the months are those that English spells otherwise.
_ORDINAL: Final = lazily(r"(?<!\w)(?:(?<!I )am|der|dem|den|des|im|vom|zum|beim) \d{1,2}$")
_GERMAN_MONTH: Final = lazily(r"(?:Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b")
_ATTRIBUTION: Final = lazily(
    rf"(?:[^\W\d_a-z][\w.’'-]{{0,30}}\s{{1,2}}){{1,4}}(?:{_SPEECH_VERBS})\b"
)
# "login.gov" is a name and "p.m" is none: what comes before an abbreviation's first dot is shorter.
_DOTTED_START: Final = 2
_LOOK_BACK: Final = 24  # longer than any abbreviation or ordinal phrase


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans are trimmed of white space and leave out nothing else."""
    spans: list[tuple[int, int]] = []
    start = _skip(_WHITE, text, 0)
    for stop in _STOPS.finditer(text):
        end = _skip(_TAIL, text, stop.end())
        following = _skip(_WHITE, text, end)
        if stop.start() < start or following == len(text):
            continue
        if _is_boundary(text, start, stop, end, following):
            spans.append((start, end))
            start = following
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return tuple(spans)


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _is_boundary(text: str, start: int, stop: re.Match[str], end: int, following: int) -> bool:
    if stop.group()[0] in _WIDE_STOPS:
        # 「…。」と: the particle ties the quotation to the verb that reports it.
        return not (end > stop.end() and text.startswith(("と", "って"), end))
    if following == end or _CONTINUES.match(text, following):
        return False
    if _skip(_OPENERS, text, start) == stop.start():
        return False  # "... and then": stop marks alone make no sentence
    word_at = _skip(_OPENERS, text, following)
    if text[word_at : word_at + 1].islower() and not _LOWER_NAME.match(text, word_at):
        return False
    if stop.group() == ".":
        return not _joins(text, start, stop.start(), following, word_at)
    if stop.group()[-1] == "!" and _last_word(text, stop.start()).lower() in _EXCLAIMED_NAMES:
        return _starts(text, word_at)
    if text[stop.start() - 1 : stop.end() + 1] in ("[...]", "[…]"):
        return False  # words were left out here, whether or not a sentence ended
    return not _is_attributed(text, stop, end, word_at)


def _is_attributed(text: str, stop: re.Match[str], end: int, word_at: int) -> bool:
    """Whether the name of the speaker follows, as in “Stop!” Marta Lindgren said."""
    quoted = end > stop.end() and text[stop.end()] in "”\"’'"
    if not quoted or stop.group()[-1] not in "!?" or _starts(text, word_at):
        return False
    return _ATTRIBUTION.match(text, word_at) is not None


def _joins(text: str, start: int, dot: int, following: int, word_at: int) -> bool:
    """Whether a single full stop belongs to a list marker, a number or an abbreviation."""
    if dot - start <= 5 and _MARKER.fullmatch(text, start, dot):
        return True
    if text[dot - 1 : dot].isdigit():
        before = text[max(start, dot - _LOOK_BACK) : dot]
        return bool(_ORDINAL.search(before) or _GERMAN_MONTH.match(text, following))
    word = _last_word(text, dot)
    if word in _OPENING:
        return True
    if word in _NUMBERED:
        return text[word_at : word_at + 1].isdigit()
    # A lower-case letter of another script is a word: "Письмо написал я."
    initial = len(word) == 1 and (word.isupper() or word.isascii())
    dotted = 0 < word.find(".") <= _DOTTED_START
    if initial or dotted or word in _OTHER:
        return not _starts(text, word_at)
    return False


def _last_word(text: str, position: int) -> str:
    found = _LAST_WORD.search(text[max(0, position - _LOOK_BACK) : position])
    return found.group() if found else ""


def _starts(text: str, position: int) -> bool:
    found = _WORD.match(text, position)
    return found is not None and found.group().lower() in _STARTERS
