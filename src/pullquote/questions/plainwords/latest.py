"""Questions that ask for the newest there is."""

import re

_LATEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|recent(?:ly)?|current(?:ly)?|now|nowadays|today"
    r"|still|so\s+far|these\s+days|at\s+the\s+moment|at\s+present|up[- ]to[- ]date|to\s+date"
    r"|as\s+of\s+(?:now|today)|lately|any\s?more)\b",
    re.IGNORECASE,
)
# The same words where they say something else.
_ELSE = re.compile(
    r"\bat\s+the\s+latest\b|\bwhen\s+(?:is|was)\s+the\s+latest\b|\blatest\s+(?:possible|date|time|day)\b"
    r"|\bcurrent\s+accounts?\b|\b(?:\w+ic(?:al)?|alternating|direct|ocean|sea|air|tidal|eddy)"
    r"\s+currents?\b|\bstill\s+(?:life|lifes|water|image|images|photo|photos|birth)\b"
    r"|\b(?:stand|stood|sit|sat|keep|kept|hold|held|stay|stayed)\s+still\b"
    r"|\b(?:until|till|by|from|before|up\s+to)\s+(?:now|then|today)\b|\bnow[- ]\w+ed\b"
    r"|\btoday['’]s\s+(?:articles|posts|stories|news)\b|\bnow\s+that\b|\b(?:less|more)\s+recent\b|\bcurrent\s+(?:through|in\s+the\s+wire)\b",
    re.IGNORECASE,
)
# "USA Today", "Apocalypse Now": a capital in the middle of a question makes a name of a word.
_NAME = re.compile(r"(?<=[\w'’] )(?:Latest|Newest|Recent|Current|Now|Today|Still)\b")


def wants_latest(question: str) -> bool:
    """Tell whether a question asks for the newest there is: "latest", "now", "still".

    >>> wants_latest("Who is the current mayor?"), wants_latest("Who owns USA Today?")
    (True, False)
    """
    return _LATEST.search(_NAME.sub("", _ELSE.sub("", question))) is not None
