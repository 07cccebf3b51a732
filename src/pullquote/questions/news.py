"""Questions that ask for no fact, but what is new: the articles themselves are the answer."""

import re
from collections.abc import Collection
from datetime import date

from pullquote.filters import Filter
from pullquote.questions.plainwords import read

_NEWS = re.compile(
    r"(?:(?:so|and|hi|hello)\W+)?"
    r"(?:(?:is|was) there (?:any ?thing new|any news)"
    r"|any (?:news|updates?|new articles)"
    r"|what(?:['’]?s|['’]ve| is| are| was| were| has| have| did| do)?(?: there| it| i| you)?"
    r"(?: been)?(?: the| your| our)?"
    r"(?: new(?: articles?)?| news| newest(?: articles?)?| latest(?: news| articles?)?"
    r"| changed?| happened| going on| (?:been )?(?:published|written|added)| miss(?:ed)?)"
    r"(?: lately| recently| now| here| in (?:the|my|your|our) (?:articles?|corpus|folder|site))?"
    r")\W*",
    re.IGNORECASE,
)


def read_news(question: str, today: date, *, ignore: Collection[str] = ()) -> Filter | None:
    """Return which articles a question asks for that asks only what is new, else None.

    Words to `ignore` are those of filters that are not to be read.

    >>> read_news("What's new since 1 February 2025?", date(2025, 3, 1)).since
    datetime.date(2025, 2, 1)
    >>> read_news("What is new about the tram?", date(2025, 3, 1)) is None
    True
    """
    plain = read(question, today, ignore=ignore)
    asked, wanted = " ".join(plain.narrow.split()), Filter()
    for words in ignore:
        asked = asked.replace(words, "", 1)
    for found in plain.filters:  # the words of some are still there
        asked, wanted = asked.replace(found.words, "", 1), wanted.join(found.wanted)
    return wanted if _NEWS.fullmatch(" ".join(asked.split())) else None
