"""The HTTP interface does what its OpenAPI document says, whatever it is sent.

`PULLQUOTE_TEST_EXAMPLES=100` makes more cases of each operation; `--log-level=INFO` counts them.
"""

import logging
import os
from pathlib import Path

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import ProjectConfig, ProjectsConfig
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

from pullquote import Chatbot
from pullquote.app import build, create_server
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill, in_a_loop

_EXAMPLES = int(os.environ.get("PULLQUOTE_TEST_EXAMPLES", "5"))
# What a schema cannot say of two fields that are right by themselves.
_REASONS = (" is after until ", "start and end are not a place", "lies outside the corpus")
_TOKEN = "a-token-of-some-length"


@pytest.fixture
def bot(tmp_path: Path) -> Chatbot:
    """Open a bot over three articles, with models that cost no time."""
    corpus, index = fill(tmp_path / "corpus", SMALL), tmp_path / "embeddings"
    bot = Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    return bot


@schemathesis.hook("filter_failure")
def keep_failure(
    ctx: schemathesis.HookContext,
    failure: Exception,
    case: object,
    response: schemathesis.Response,
) -> bool:
    """Tell whether a failure is one."""
    told = response is not None and response.status_code == 422 and response.text
    return not (told and any(said in told for said in _REASONS))


def test_every_operation_keeps_to_its_description(bot: Chatbot) -> None:
    """What the schema allows is answered as it says, what it forbids is a problem, none is a 500.

    Nor does anything of it change an article.
    """
    before = {path.name: path.read_bytes() for path in bot.corpus.iterdir()}
    app = in_a_loop(lambda: create_server(bot, page=build(bot, examples=[]), tokens=_TOKEN))
    shown = {"Authorization": f"Bearer {_TOKEN}"}
    config = schemathesis.Config(
        projects=ProjectsConfig(default=ProjectConfig(headers=shown, workers=1))
    )
    config.projects.default.generation.max_examples = _EXAMPLES
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", app, config=config, headers=shown
    )
    failures, tested, cases = list[str](), set[str](), 0
    for event in engine.from_schema(schema).execute():
        match event:
            case events.ScenarioFinished(recorder=recorder):
                cases += len(recorder.cases)
                tested |= {node.value.operation.path for node in recorder.cases.values()}
                failures += _failures(recorder)
            case events.NonFatalError() | events.FatalError():
                failures.append(repr(event))
    logging.getLogger(__name__).info("%d cases", cases)
    assert failures == []
    assert tested == {"/ask", "/search", "/show", "/verify", "/status", "/refresh"}
    assert {path.name: path.read_bytes() for path in bot.corpus.iterdir()} == before


def _failures(recorder: ScenarioRecorder) -> list[str]:
    """Return what was wrong, with what was sent."""
    return [
        f"{check.failure_info.failure}\n{check.failure_info.code_sample}\n"
        f"{recorder.interactions[number].response}"
        for number, checks in recorder.checks.items()
        for check in checks
        if check.failure_info
    ]
