"""Exported quotes, held against the files as they are now.

`verifying` tells what became of each quote; `anchoring` finds its words in an edited article.
"""
