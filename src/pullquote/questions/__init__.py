"""ASK, first stop: what a question asks for, by rules one can read.

`followups` make it stand alone, `plainwords` reads filters and times in it, `asked`, `slots` and
`tenses` tell what its answer must be about, of which kind, and of when.
"""
