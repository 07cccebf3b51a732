"""INGEST, last stop: make the index follow the folder.

`scanning` tells what became of each article, `refresh` brings the index up to date, and `watching`
does so whenever the folder changes. Nothing of asking is known here.
"""
