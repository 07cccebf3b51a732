"""A public address for a while, through gradio's tunnel. Nothing here runs unless it is asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_urlsafe

import httpx

from pullquote.app.http.credentials import Logins
from pullquote.errors import InputError

Say = Callable[[str], None]
_TOKEN_BYTES = 32  # as gradio does
_MAX_REASON = 200  # characters; the tunnel adds its whole log
_TROUBLES = (OSError, RuntimeError, ValueError, LookupError, httpx.HTTPError)


def check_share(share: bool, logins: Logins) -> None:
    """Raise InputError if articles would become public that nobody has to sign in for."""
    if share and not logins:
        raise InputError(
            "share: a public address would open your articles to anybody; give auth as well"
        )


@contextmanager
def sharing(host: str, port: int) -> Iterator[Callable[[Say, Say], None]]:
    """Yield what makes the address and says it, or says why there is none; the end closes it.

    It takes up to a minute, and so a thread of its own: meanwhile the page is served.
    """

    def share(say: Say, complain: Say) -> None:
        thread = threading.Thread(
            target=_share, args=(host, port, say, complain), name="pullquote-share", daemon=True
        )
        thread.start()

    try:
        yield share
    finally:
        _close(port)


def _share(host: str, port: int, say: Say, complain: Say) -> None:
    # Here, and below: nobody waits for gradio who does not share.
    from gradio import networking
    from gradio.exceptions import ChecksumMismatchError

    try:
        address = networking.setup_tunnel(host, port, token_urlsafe(_TOKEN_BYTES), None, None)
    except (*_TROUBLES, ChecksumMismatchError) as error:
        reason = " ".join(str(error).split())[:_MAX_REASON] or type(error).__name__
        complain(f"share link could not be made ({reason}); serving locally only")
    else:
        say(f"Pullquote is shared at {address}")


def _close(port: int) -> None:
    """End the tunnel; gradio would do so at exit, and talk of it on stdout."""
    from gradio import tunneling

    for tunnel in tunneling.CURRENT_TUNNELS:
        if tunnel.local_port == port and tunnel.proc is not None:
            tunnel.proc.terminate()
            tunnel.proc = None
