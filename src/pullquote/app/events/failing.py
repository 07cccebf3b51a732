"""What nobody foresaw in an event of the page: one line of the log, and one for who is there."""

import inspect
import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr

_LOG = logging.getLogger(__name__)
_SAID = "That failed; the log of the server says why."
Listener = Callable[..., Any]


def tell_failures(blocks: gr.Blocks) -> None:
    """Let no listener of a page fail but by a line of the log.

    Gradio prints a traceback, with whatever words of a question or an article the error holds.
    """
    for listening in blocks.fns.values():
        if listening.fn is not None and not inspect.iscoroutinefunction(listening.fn):
            listening.fn = _telling(listening.fn)


def _telling(listen: Listener) -> Listener:
    if inspect.isgeneratorfunction(listen):

        @wraps(listen)
        def step(*args: Any) -> Iterator[Any]:  # noqa: ANN401 -- whatever gradio gives
            try:
                yield from listen(*args)
            except gr.Error:
                raise  # one of ours, in words for who is there
            except Exception as error:
                raise _failure(error) from None

        return step

    @wraps(listen)
    def call(*args: Any) -> Any:  # noqa: ANN401 -- as above
        try:
            return listen(*args)
        except gr.Error:
            raise
        except Exception as error:
            raise _failure(error) from None

    return call


def _failure(error: Exception) -> gr.Error:
    """Log an error; return what is told of it on the page."""
    _LOG.error("an event of the page failed", exc_info=error)
    # Where nobody has set up a log, gradio's traceback is all there is.
    return gr.Error(_SAID, print_exception=not logging.root.handlers)
