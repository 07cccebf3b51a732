"""The page as gradio serves it."""

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware.cors import CORSMiddleware

from pullquote.app.arriving import There
from pullquote.app.http.credentials import Logins
from pullquote.app.http.sessions import GradioSessions

# For the sign-in page, which the page's own style does not reach.
_THEME = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]).set(
    button_primary_background_fill="#8c2f1b",
    button_primary_background_fill_dark="#8c2f1b",
    button_primary_background_fill_hover="#6f2415",
    button_primary_background_fill_hover_dark="#6f2415",
)


def mount(page: gr.Blocks, *, logins: Logins = (), root: str = "") -> There:
    """Return a page ready to be served at the root of a server, for those with a login if any."""
    # Gradio mounts on an app, whose start and end it makes its own. This is one that only it has:
    # that of the server may have started long ago.
    frame = FastAPI(openapi_url=None)
    # Named here, it keeps gradio from letting every other site read with a visitor's cookies.
    frame.add_middleware(CORSMiddleware)
    gr.mount_gradio_app(
        frame,
        page,
        "/",
        auth=list(logins) or None,
        auth_message="Pullquote: sign in to read these articles.",
        theme=_THEME,
        root_path=root,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=0,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        app_kwargs={"openapi_url": None},
    )
    mounted = (getattr(route, "app", None) for route in frame.routes)
    app = next(app for app in mounted if isinstance(app, App))
    return There(app, GradioSessions(app), lambda: frame.router.lifespan_context(frame))
