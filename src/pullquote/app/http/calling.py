"""The one endpoint of the page that `gradio_client` may call; it is listed nowhere."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from pydantic import ValidationError

from pullquote.app.http.asked import Ask
from pullquote.app.http.problems import line_of
from pullquote.chatbot import Chatbot
from pullquote.errors import PullquoteError

Answer = dict[str, Any]


def create_call(bot: Chatbot) -> Callable[[str, dict[str, Any]], Answer]:
    """Return a function for `gradio.api`: a question and options, as POST /api/v1/ask takes."""

    def ask(question: str, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a question with quotes, or with silence."""
        given = options if isinstance(options, dict) else {"options": options}
        try:
            asked = Ask.model_validate({**given, "question": question})
            return bot.ask(asked.question, **asked.options()).to_dict()
        except ValidationError as error:
            raise gr.Error(line_of(error.errors()), print_exception=False) from error
        except PullquoteError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask
