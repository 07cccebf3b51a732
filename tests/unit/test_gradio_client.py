"""Gradio's own client asks the running app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from pullquote import Chatbot
from tests.clients import served
from tests.conftest import SMALL
from tests.fakes import WordEmbedder, fill
from tests.unit.test_guarding import serving

_TOKEN = "a-token-of-some-length"
_LOGIN = ("ann", "pässword")
_BEARER = {"authorization": f"Bearer {_TOKEN}"}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """Open a bot over three articles, with models that cost no time."""
    folder = tmp_path_factory.mktemp("called")
    corpus, index = fill(folder / "corpus", SMALL), folder / "embeddings"
    bot = Chatbot(corpus, embeddings=index, embedder=WordEmbedder(), reader=None)
    bot.refresh()
    return bot


@pytest.fixture(scope="module")
def address(bot: Chatbot) -> Iterator[str]:
    """Serve with a login and a token."""
    with served(serving(bot, auth=_LOGIN, tokens=_TOKEN)) as port:
        yield f"http://127.0.0.1:{port}"


# Gradio counts what it serves with what pandas is about to take back.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestGradioClient:
    """Gradio's own client, over a socket."""

    @pytest.mark.parametrize("shown", [{"auth": _LOGIN}, {"headers": _BEARER}])
    def test_asks(
        self, bot: Chatbot, address: str, shown: dict[str, object], tmp_path: Path
    ) -> None:
        """The JSON is that of everywhere; trouble is one line."""
        client = connect(address, tmp_path, **shown)
        found = client.predict("Who won?", {"tags": ["sport"]}, api_name="/ask")
        assert found == bot.ask("Who won?", tags=["sport"]).to_dict()
        for given, said in (
            (("Who?", {"since": "x"}), "since: 'x' is not a date"),
            (("Who?", {"tag": "x"}), "tag: Extra inputs are not permitted"),
            (("x" * 2001, {}), "question: String should have at most 2000 characters"),
            (("Who?", []), "options: Extra inputs"),
        ):
            with pytest.raises(AppError, match=said):
                client.predict(*given, api_name="/ask")
        client.close()

    def test_needs_a_login(self, address: str, tmp_path: Path) -> None:
        """Or a token."""
        with pytest.raises(AuthenticationError):
            connect(address, tmp_path)
        with pytest.raises(ValueError, match="Could not login"):
            connect(address, tmp_path, auth=("ann", "no"))

    def test_needs_none_where_there_is_none(self, bot: Chatbot, tmp_path: Path) -> None:
        """And finds nothing else that it could call."""
        with served(serving(bot)) as port:
            client = connect(f"http://127.0.0.1:{port}", tmp_path)
            assert client.predict("Who won?", {}, api_name="/ask")["question"] == "Who won?"
            callable_ = [one for one in client.endpoints.values() if one.is_valid]
            assert [one.api_name for one in callable_] == ["/ask"]
            assert client.view_api(return_format="dict", print_info=False) == {
                "named_endpoints": {}, "unnamed_endpoints": {}
            }  # fmt: skip
            client.close()


def connect(address: str, folder: Path, **shown: object) -> Client:
    """Return a client that keeps to itself."""
    return Client(address, verbose=False, analytics_enabled=False, download_files=folder, **shown)
