"""The shelves that both streets share: what was read, kept so that it can be found.

The `catalog` is the truth, read through a `view` of one generation; `stores` keep the vectors and
`lexical` ranks words. Whatever is on a shelf and not in the catalog is invisible.
"""
