"""Copies against boilerplate: what is shared by kin, what by everybody."""

from pullquote.index.families import count_families, find_families


def kin_of(articles: dict[str, str]) -> dict[str, str]:
    """Return families of articles whose sentences are letters."""
    repeated: dict[int, list[str]] = {}
    for path in sorted(articles):
        for letter in sorted(set(articles[path])):
            repeated.setdefault(ord(letter), []).append(path)
    lengths = {path: len(set(letters)) for path, letters in articles.items()}
    shared = {words: paths for words, paths in repeated.items() if len(paths) > 1}
    return find_families(lengths, shared)


def test_articles_that_share_most_sentences_are_one_family() -> None:
    """Named by its first path, however the copies are chained; strangers have none."""
    articles = {"b": "abcdef", "a": "abcdxy", "c": "cdefgh", "lone": "qrst", "near": "abwvut"}
    assert kin_of(articles) == {"a": "a", "b": "a", "c": "a"}


def test_a_short_repost_of_a_long_article_is_kin() -> None:
    """What counts is the part of the shorter one."""
    articles = {"long": "abcdefghijklmnop", "short": "abcz"}
    assert kin_of(articles) == {"long": "long", "short": "long"}


def test_a_footer_makes_no_family() -> None:
    """Two sentences of six are a template."""
    assert kin_of({"a": "abcdyz", "b": "efghyz", "c": "ijklyz"}) == {}


def test_an_article_that_says_only_what_another_says_is_its_twin() -> None:
    """However many twins there are: pairs are not counted between them."""
    articles = {f"{n:03}": "abc" for n in range(100)} | {"other": "xyz"}
    assert kin_of(articles) == {f"{n:03}": "000" for n in range(100)}


def test_what_stands_everywhere_tells_nothing_about_kinship() -> None:
    """A hundred pages with two common sentences and one of their own are not reposts."""
    articles = {f"{n:03}": f"yz{chr(1000 + n)}" for n in range(100)}
    assert kin_of(articles) == {}
    two = {"000": "yzabcd", "001": "yzabce"}
    assert kin_of(articles | two) == {"000": "000", "001": "000"}


def test_a_footer_of_two_sentences_makes_no_kin_of_short_notes() -> None:
    """Though it is half of each of them."""
    assert kin_of({f"{n:02}": f"yz{chr(1000 + n)}{chr(2000 + n)}" for n in range(12)}) == {}


def test_a_crowd_of_versions_is_one_family() -> None:
    """Though each has a line of its own and their sentences stand in more articles than most."""
    articles = {f"{n:03}": f"abcdefgh{chr(1000 + n)}" for n in range(60)}
    assert set(kin_of(articles).values()) == {"000"}


def test_copies_count_as_one_voice() -> None:
    """Ten reposts of one article are one family."""
    kin = {"a": "a", "b": "a", "c": "a"}
    assert count_families(["a", "b", "c"], kin) == 1
    assert count_families(["a", "b", "d", "e"], kin) == 3
