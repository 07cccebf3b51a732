"""Markdown as a reader sees it, with the way back to the file: ask `visible`, which is shown here.

One pass (`reading`) over the parser's `events` makes the `blocks` that the words stand in.
"""

from pullquote.markdown.visible import (
    blocks_in,
    columns_at,
    locate,
    read_blocks,
    show,
    show_pieces,
)

__all__ = ["blocks_in", "columns_at", "locate", "read_blocks", "show", "show_pieces"]
