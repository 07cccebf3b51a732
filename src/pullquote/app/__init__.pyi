from .page import build
from .server import create_server, serve

__all__ = ["build", "create_server", "serve"]
