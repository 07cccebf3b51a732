"""Whatever the article and the quotes, the panel marks the quoted words and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote import Quote, Span
from pullquote.app.source import panel
from tests.laws.test_spans import ARTICLE, read
from tests.panels import read_panel

_PLACE = st.tuples(st.floats(0, 1), st.floats(0, 1))


@settings(max_examples=150, deadline=None)
@given(ARTICLE, st.lists(_PLACE, min_size=1, max_size=4), _PLACE)
def test_the_marks_are_the_quotes(
    text: str, places: list[tuple[float, float]], inner: tuple[float, float]
) -> None:
    """Their texts joined are the quote's, their places read back, and elements nest."""
    article = read(text)
    if article is None:
        return
    body = len(article.text) - article.body
    spans = [
        Span(article.body + int(low * body), article.body + int(high * body))
        for low, high in map(sorted, places)
        if int(low * body) < int(high * body)
    ]
    quotes = [Quote(article, span, 0.5) for span in spans if article.show(span)]
    if not quotes:
        return
    first = quotes[0].span
    low, high = sorted(first.start + int(at * (first.end - first.start)) for at in inner)
    dicts = [quote.to_dict() for quote in quotes]
    dicts[0]["focus"] = [low, high] if low < high else None
    shown = read_panel(panel.show_panel(article, dicts, 1, "#quote-1-1"))
    assert shown.wrong == []
    assert shown.words(1) == quotes[0].text
    for number in shown.numbers():
        assert shown.words(number) == quotes[number - 1].text
    for mark in shown.marks:
        assert article.show(Span(mark.start, mark.end)) == mark.text
        assert mark.current == (mark.number == 1)
    if dicts[0]["focus"]:
        focused = article.show(Span(low, high))
        assert "".join(shown.focus.split()) == "".join(focused.split())
