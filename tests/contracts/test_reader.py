"""What every reader promises, with small models of each kind made here."""

import gc
import json
import logging
import os
import subprocess
import sys
import textwrap
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pullquote.readers.conversion
import pullquote.readers.running
from pullquote import ModelError, Reader
from pullquote.articles.files import read_article
from pullquote.articles.passages import split_passages
from pullquote.encoders.openvino import digest_of_file
from pullquote.readers import BUNDLED_READER, open_reader
from pullquote.readers.own import OwnReader
from pullquote.types import Passage

CACHE = os.environ.get("XDG_CACHE_HOME")
QUESTION = "When does the tram open?"
TEXT = """\
# The tram

The **tram** to the old&nbsp;harbour opens in [May 2026](https://example.org/tram), the
council said. It costs $40&ndash;45 million (a third of it is lent). Nobody asked about [SEP] fog!

| Line | Length |
|------|--------|
| `T1` | 12 km  |

- Emoji 🌊 and 北京的冬天很冷。
- ...
"""
# About 600 pieces in 40 sentences, and one sentence that no window of 64 pieces holds.
STOPS = "the mill;fog;a harbour;one bridge;school;old markets;that hill;every lake;sea".split(";")
LONG = "".join(
    f"Line {n} of the tram, {n * 7} km, goes past {STOPS[n % 9]} to {STOPS[n * n % 7]}. "
    for n in range(40)
)
ENDLESS = "The tram runs " + "past the mill, the harbour and the fog " * 30 + "to the sea.\n"
KINDS = ("own", "spans", "byte_spans", "one_label", "two_labels")


@contextmanager
def quiet() -> Iterator[None]:
    """Let torch and its friends warn of what is no concern of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def passages_of(text: str, *, max_chars: int = 900) -> tuple[Passage, ...]:
    """Return the passages of a text."""
    article, _ = read_article("tram.md", text.encode())
    return split_passages(article, max_chars=max_chars)


PASSAGES = (*passages_of(TEXT), *passages_of(LONG), *passages_of(LONG, max_chars=4000))


def make_word_pieces(folder: Path) -> int:
    """Save a BERT tokenizer that knows letters and few words; return the size of its vocabulary."""
    from tokenizers import BertWordPieceTokenizer, Tokenizer
    from transformers import PreTrainedTokenizerFast

    signs = sorted({*(TEXT + LONG).lower()} - {" ", "\n"})
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] the tram harbour ##bour opens may fog line runs".split()
    known = dict.fromkeys([*words, *signs, *(f"##{sign}" for sign in signs)])
    vocabulary = {word: number for number, word in enumerate(known)}
    tokenizer = Tokenizer.from_str(BertWordPieceTokenizer(vocabulary).to_str())
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    return len(vocabulary)


def make_byte_pieces(folder: Path) -> int:
    """Save a RoBERTa tokenizer of bytes; return the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, pre_tokenizers, processors
    from tokenizers.models import BPE
    from transformers import PreTrainedTokenizerFast

    names = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "<mask>",
        *sorted(pre_tokenizers.ByteLevel.alphabet()),
    ]
    names += ["Ġt", "ra", "Ġtra", "Ġtram"]
    vocabulary = {name: number for number, name in enumerate(names)}
    merges = [("Ġ", "t"), ("r", "a"), ("Ġt", "ra"), ("Ġtra", "m")]
    tokenizer = Tokenizer(BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", vocabulary["</s>"]), ("<s>", vocabulary["<s>"])
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)
    return len(vocabulary)


def settings_of(size: int) -> dict[str, Any]:
    """Return the settings of a small network whose answers are not all alike."""
    return {
        "vocab_size": size,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 37,
        "max_position_embeddings": 66,
        "initializer_range": 0.3,
    }


def make_own(folder: Path) -> None:
    """Save weights of our own network, and beside them the model whose embeddings they go with."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    from pullquote.readers.network import ReaderNetwork

    start = folder / "start"
    config = BertConfig(**settings_of(make_word_pieces(start)))
    network = ReaderNetwork(config)
    torch.nn.init.normal_(network.pieces.weight, std=0.3)
    BertModel(config).save_pretrained(start)
    kept = {
        name: value.to(torch.float16)
        for name, value in network.state_dict().items()
        if not name.startswith("encoder.embeddings.")
    }
    save_file(kept, folder / "reader.safetensors")
    about = {"sha256": digest_of_file(folder / "reader.safetensors"), "start": str(start)}
    (folder / "weights.json").write_text(json.dumps(about), "utf-8")


def make_foreign(folder: Path, kind: str) -> None:
    """Save a question-answering model or a cross-encoder."""
    import transformers

    if kind == "byte_spans":
        bytes_config = transformers.RobertaConfig(
            **settings_of(make_byte_pieces(folder)), pad_token_id=1
        )
        transformers.RobertaForQuestionAnswering(bytes_config).save_pretrained(folder)
        return
    config = transformers.BertConfig(**settings_of(make_word_pieces(folder)))
    if kind == "spans":
        transformers.BertForQuestionAnswering(config).save_pretrained(folder)
        return
    config.id2label = {0: "no", 1: "yes"} if kind == "two_labels" else {0: "LABEL_0"}
    transformers.BertForSequenceClassification(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Return a function that gives the folder of each kind's model; all share one cache."""
    home = tmp_path_factory.mktemp("models")

    def make(kind: str) -> Path:
        folder = home / kind
        if not folder.exists():
            folder.mkdir()
            with quiet():
                import torch
                from transformers.utils.logging import disable_progress_bar

                disable_progress_bar()  # type: ignore[no-untyped-call]
                torch.manual_seed(3)
                if kind == "own":
                    make_own(folder)
                else:
                    make_foreign(folder, kind)
        return folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        yield make


def opened(folder: Path, *, titled: bool = False) -> Reader:
    """Open a reader that must be there."""
    with quiet():
        reader = open_reader(folder, titled=titled)
    assert reader is not None
    return reader


@pytest.fixture(params=KINDS, scope="module")
def reader(request: pytest.FixtureRequest, models: Callable[[str], Path]) -> Reader:
    """Return a reader of each kind in turn."""
    return opened(models(request.param))


def test_a_reading_has_one_item_for_each_sentence(reader: Reader) -> None:
    """Finite numbers, in the order of the passages, that differ from sentence to sentence."""
    readings = reader.read(QUESTION, PASSAGES)
    assert len(readings) == len(PASSAGES)
    for passage, reading in zip(PASSAGES, readings, strict=True):
        counts = {len(part) for part in (reading.sentences, reading.spans, reading.focus)}
        assert counts == {len(passage.sentences)}
        assert np.isfinite([reading.answers, *reading.sentences, *reading.spans]).all()
    (*_, whole) = readings
    assert len(set(whole.sentences)) > 20  # bfloat16 makes some equal


def test_the_short_answer_reads_back_from_the_file(reader: Reader) -> None:
    """Its place lies in its sentence, and what a reader sees of it are words of that sentence."""
    shown = []
    for text in (
        "tram",
        *TEXT.split("\n\n")[1:],
        TEXT,
        "Fog &amp; ﬁsh: e\u0301te&#769; *12*% (so).",
    ):
        passages = passages_of(text)
        for passage, reading in zip(passages, reader.read(QUESTION, passages), strict=True):
            for sentence, focus in zip(passage.sentences, reading.focus, strict=True):
                if focus is not None:
                    assert sentence.holds(focus)
                    shown.append(passage.article.show(focus))
                    assert shown[-1] in passage.article.show(sentence)
                    assert any(map(str.isalnum, shown[-1]))
    kind = type(reader).__name__
    assert len(shown) == 0 if kind == "PairReader" else len(shown) > 4


def test_not_a_bit_depends_on_the_company(reader: Reader) -> None:
    """A passage is read the same alone, among others, and in any order."""
    together = reader.read(QUESTION, PASSAGES)
    backwards = reader.read(QUESTION, PASSAGES[::-1])
    assert list(backwards[::-1]) == list(together)
    for passage, reading in zip(PASSAGES, together, strict=True):
        assert reader.read(QUESTION, [passage])[0] == reading


def test_the_question_matters(reader: Reader) -> None:
    """Passages are read with the question, not by themselves."""
    one, other = (reader.read(question, PASSAGES[:1])[0] for question in (QUESTION, "fog"))
    assert one.answers != other.answers
    assert one.sentences != other.sentences


def test_the_end_of_a_long_passage_is_read(reader: Reader) -> None:
    """Beyond what the model reads at once every sentence has its own numbers."""
    (passage,) = passages_of(LONG, max_chars=4000)
    (reading,) = reader.read(QUESTION, [passage])
    assert len(set(reading.sentences[20:])) > 10
    assert min(reading.sentences) > -30
    assert reading.answers > -30


def test_a_sentence_longer_than_a_window_is_read_in_parts(reader: Reader) -> None:
    """There is no end of a sentence to cut it at, and still it has its numbers."""
    (passage,) = passages_of(ENDLESS, max_chars=4000)
    assert len(passage.sentences) == 1
    (reading,) = reader.read(QUESTION, [passage])
    assert reading.answers > -30
    assert reading.sentences[0] > -30
    for focus in reading.focus:
        assert focus is None or passage.sentences[0].holds(focus)


def test_nothing_gives_nothing(reader: Reader) -> None:
    """No passages, an empty question and a very long one are no errors."""
    assert list(reader.read(QUESTION, [])) == []
    assert np.isfinite(reader.read("", PASSAGES[:1])[0].sentences).all()
    (reading,) = reader.read("Why? " * 500, PASSAGES[-1:])
    assert min(reading.sentences) > -30


def test_a_passage_that_cannot_be_quoted_answers_nothing(reader: Reader) -> None:
    """It has no sentences, so nothing in it is evidence."""
    (passage,) = passages_of("The code:\n\n# Code\n\n    run()\n")[-1:]
    assert passage.sentences == ()
    (reading,) = reader.read(QUESTION, [passage])
    assert reading == (-30.0, (), (), ())


def test_title_and_headings_are_read_where_wanted(models: Callable[[str], Path]) -> None:
    """They change what is said, but short answers stay inside their sentences."""
    for kind in ("own", "two_labels"):
        plain, titled = opened(models(kind)), opened(models(kind), titled=True)
        one, other = (reader.read(QUESTION, PASSAGES[:1])[0] for reader in (plain, titled))
        assert one.answers != other.answers
        assert len(one.sentences) == len(other.sentences)
        for sentence, focus in zip(PASSAGES[0].sentences, other.focus, strict=True):
            assert focus is None or sentence.holds(focus)


# -- running


@pytest.mark.parametrize("kind", KINDS)
def test_torch_takes_over_where_openvino_is_missing(
    models: Callable[[str], Path], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower path says the same, to the last bits of single precision."""
    monkeypatch.setitem(pullquote.readers.running.HINTS, "INFERENCE_PRECISION_HINT", "f32")
    found = opened(models(kind)).read(QUESTION, PASSAGES[:2])
    monkeypatch.setattr(pullquote.readers.conversion, "find_spec", lambda _: None)
    wanted = opened(models(kind)).read(QUESTION, PASSAGES[:2])
    for one, other in zip(wanted, found, strict=True):
        assert one.focus == other.focus
        first, second = (np.array([r.answers, *r.sentences, *r.spans]) for r in (one, other))
        np.testing.assert_allclose(first, second, atol=1e-4)


def test_no_model_is_run_with_torch_unasked(
    models: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    """Each kind could be converted, so nothing was said of torch taking over."""
    with caplog.at_level(logging.WARNING, "pullquote"):
        for kind in KINDS:
            opened(models(kind))
    assert caplog.text == ""


def test_a_second_start_imports_neither_torch_nor_transformers(
    models: Callable[[str], Path],
) -> None:
    """Once the model is converted, reading needs neither, and prints nothing."""
    folder = models("own")
    opened(folder)
    code = f"""
        import sys
        from pathlib import Path
        from pullquote.readers import open_reader
        from tests.contracts.test_reader import PASSAGES
        readings = open_reader(Path({str(folder)!r})).read("Why?", PASSAGES)
        print(len(readings), sorted({{"torch", "transformers", "safetensors"}} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == (f"{len(PASSAGES)} []\n", "")


def test_the_cache_is_used_and_damage_in_it_is_named(
    models: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model is converted once; whoever damages the converted files is told where they are."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    opened(models("own"))
    (home,) = (tmp_path / "pullquote" / "models").iterdir()
    before = {path.name: path.stat().st_mtime_ns for path in home.iterdir()}
    opened(models("own"))
    assert {path.name: path.stat().st_mtime_ns for path in home.iterdir()} == before
    (home / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=str(home)):
        opened(models("own"))


# -- what is opened


def test_a_reader_and_none_are_taken_as_they_are(models: Callable[[str], Path]) -> None:
    """Neither is looked up anywhere."""
    reader = opened(models("own"))
    assert open_reader(reader) is reader
    assert open_reader(None) is None


def test_a_model_goes_by_its_name(models: Callable[[str], Path]) -> None:
    """Other weights of our own network go by the bundled one's."""
    folder = models("spans")
    assert opened(folder).name == str(folder)
    assert opened(models("own")).name == BUNDLED_READER


def damage_weights(folder: Path) -> None:
    """Flip one bit."""
    data = bytearray((folder / "reader.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "reader.safetensors").write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damage_weights, r"reader\.safetensors: SHA-256 is .*pip install"),
        (lambda folder: (folder / "weights.json").unlink(), "weights.json"),
        (lambda folder: (folder / "weights.json").write_text("[]"), "not a reader"),
    ],
)
def test_weights_that_are_not_what_they_should_be_are_refused(
    models: Callable[[str], Path], tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """One line says which folder is wrong and what to do."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in models("own").iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    spoil(folder)
    with pytest.raises(ModelError, match=said) as caught:
        open_reader(folder)
    assert "\n" not in str(caught.value)


def test_weights_that_do_not_fit_are_named(
    models: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights of another network than ours are no reader."""
    from safetensors.numpy import save_file

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    save_file({"encoder.other": np.zeros(3, np.float32)}, tmp_path / "reader.safetensors")
    sha = digest_of_file(tmp_path / "reader.safetensors")
    about = {"sha256": sha, "start": str(models("own") / "start")}
    (tmp_path / "weights.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="not the weights of a reader") as caught, quiet():
        open_reader(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "not a model"),
        ("{", "not a model"),
        ('{"architectures": ["BertModel"]}', r"cannot read a question .*\(BertModel\)"),
        ('{"architectures": ["BertForQuestionAnswering"]}', "holds no weights"),
        (
            '{"architectures": ["BertForSequenceClassification"], "id2label":'
            ' {"0": "joy", "1": "anger", "2": "fear"}}',
            r"none of its labels \(joy, anger, fear\)",
        ),
    ],
)
def test_a_folder_that_is_no_reader_is_named(tmp_path: Path, config: str | None, said: str) -> None:
    """One line says which folder, why, and what would do."""
    if config is not None:
        (tmp_path / "config.json").write_text(config, "utf-8")
    with pytest.raises(ModelError, match=said) as caught:
        open_reader(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are garbage do not end in a traceback."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"garbage")
    (folder / "config.json").write_text(
        '{"architectures": ["BertForQuestionAnswering"], "model_type": "bert"}', "utf-8"
    )
    with quiet(), pytest.raises(ModelError, match="cannot be loaded") as caught:
        open_reader(folder)
    assert "\n" not in str(caught.value)


def test_a_reader_that_is_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network an unknown id says what can be used instead."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with quiet(), pytest.raises(ModelError, match=r"nobody/nothing: .*bundled reader") as caught:
        open_reader("nobody/nothing")
    assert "\n" not in str(caught.value)


def test_a_reader_that_nobody_has_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its compiled form is some 100 MB, which a long-lived process would never get back."""
    if CACHE is None:  # where it is converted already, which takes long
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", CACHE)
    reader = open_reader(BUNDLED_READER)
    assert isinstance(reader, OwnReader)
    assert reader.read("Why?", PASSAGES[:1])
    there = weakref.ref(reader._model)
    del reader
    gc.collect()
    assert there() is None
