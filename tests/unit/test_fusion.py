"""From a question to hits: fusion, ranks, filters."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pullquote import Chatbot, Filter, IndexCorrupt, Settings
from pullquote.index.catalog import Catalog
from pullquote.index.lexical import Lexical
from pullquote.index.records import RawRow, Row, read_row
from pullquote.index.shelves import check_whole
from pullquote.index.stores import open_store
from pullquote.index.view import View
from pullquote.retrieval.fusion import Found, Ranking, find_passages
from pullquote.types import Article
from tests.fakes import ExactStore, WordEmbedder

MakeBot = Callable[..., Chatbot]

FILES = {
    "amber.md": "# T\n\nAmber birch cedar. Delta ember fjord gull.\n",
    "birch.md": "# T\n\nBirch birch birch.\n",
    "cedar.md": "# T\n\nNothing of the kind.\n",
}


def rank(bot: Chatbot, view: View, question: str, candidates: int = 100) -> Ranking:
    """Retrieve as a bot does."""
    return find_passages(
        question,
        WordEmbedder().embed_question(question),
        view=view,
        store=open_store("faiss", folder=bot.embeddings, dim=64),
        lexical=Lexical(bot.embeddings / view.about()["lexical"]),
        wanted=Filter(),
        today=date(2025, 6, 1),
        candidates=candidates,
    )


def find(bot: Chatbot, question: str, candidates: int = 100) -> tuple[Found, ...]:
    """Return all that is retrieved."""
    with Catalog(bot.embeddings).reading() as view:
        return tuple(rank(bot, view, question, candidates))


def test_every_hit_has_the_say_of_both_rankers(make_bot: MakeBot) -> None:
    """Ranks count from 1; a passage without the words has no lexical rank."""
    hits = make_bot(FILES).search("birch")
    assert [(hit.passage.article.path, hit.dense_rank, hit.lexical_rank) for hit in hits] == [
        ("birch.md", 1, 1),
        ("amber.md", 2, 2),
        ("cedar.md", 3, None),
    ]
    assert hits[0].score > hits[1].score > hits[2].score


def test_the_score_is_cosine_best_sentence_and_words(make_bot: MakeBot) -> None:
    """The three parts add up, and each sentence has its cosine."""
    (first, *_) = find(make_bot(FILES), "Amber birch cedar")
    assert first.passage.article.path == "amber.md"
    assert first.cosines[0] == pytest.approx(1, abs=1e-2)
    assert first.cosines[1] < 0.5
    assert first.score == pytest.approx(
        first.dense + max(first.cosines) + first.lexical / (first.lexical + 4), abs=1e-4
    )


def test_what_only_one_ranker_puts_forward_is_scored_by_both(make_bot: MakeBot) -> None:
    """With one candidate each, a passage scores as it does among all."""
    bot = make_bot(FILES)
    everyone = {item.passage.id: item.score for item in find(bot, "gull birch birch")}
    few = find(bot, "gull birch birch", candidates=1)
    assert 1 <= len(few) < len(everyone)
    assert all(everyone[item.passage.id] == item.score for item in few)


def test_engines_are_exchangeable(make_bot: MakeBot, tmp_path: Path) -> None:
    """Over the oracle a bot finds the same hits with the same scores as over FAISS."""
    bot = make_bot(FILES)
    other = Chatbot(
        bot.corpus,
        embeddings=tmp_path / "other",
        embedder=WordEmbedder(),
        store=ExactStore(tmp_path / "vectors.npz"),
        reader=None,
    )
    other.refresh()
    for question in ("birch", "Delta ember?", "nothing"):
        assert other.search(question) == bot.search(question)
        assert other.ask(question) == bot.ask(question)


def test_k_beyond_the_candidates_is_honoured(make_bot: MakeBot) -> None:
    """Asking for more hits than `candidates` puts more forward."""
    files = {f"{n:02}.md": f"# T\n\nAmber number {n}.\n" for n in range(30)}
    bot = make_bot(files, settings=Settings(candidates=5))
    assert len(bot.search("amber", k=25)) == 25
    assert len(bot.search("amber", k=99)) == 30


def test_a_shelf_that_lacks_something_is_noticed(make_bot: MakeBot) -> None:
    """Vectors and lexical index must hold what the catalog says."""
    bot = make_bot(FILES)
    store = open_store("faiss", folder=bot.embeddings, dim=64)
    with Catalog(bot.embeddings).reading() as view:
        lexical = Lexical(bot.embeddings / view.about()["lexical"])
        check_whole(view, store, lexical, folder=bot.embeddings)
        store.remove(store.ids()[:1])
        with pytest.raises(IndexCorrupt, match=r"lacks 1 vectors .*; run: pullquote refresh$"):
            check_whole(view, store, lexical, folder=bot.embeddings)


def test_a_passage_is_read_when_it_is_come_to(
    make_bot: MakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many candidates those that nobody looks at cost no more than a row."""
    bot = make_bot(
        {f"{number}.md": f"# T{number}\n\nBirch number {number}.\n" for number in range(40)}
    )
    read: list[int] = []

    def spy(row: RawRow, article: Article) -> Row:
        read.append(row.id)
        return read_row(row, article)

    monkeypatch.setattr("pullquote.index.view.read_row", spy)
    with Catalog(bot.embeddings).reading() as view:
        ranking = rank(bot, view, "birch")
        assert len(ranking) == 40
        assert len(ranking.paths) == 40
        assert read == []
        first = next(iter(ranking))
        assert first.passage.id in read
        assert len(read) < 20
        everyone = [item.passage.id for item in ranking]
        assert everyone[0] == first.passage.id
        assert set(everyone) == set(read)
        assert len(everyone) == 40
