"""INGEST, first stop: from a folder to articles, and from articles to passages.

`files` reads a folder, with what the `site`, the path (`places`), the `front_matter` and its
`metadata` say of each article; `pages` tells where it lives on the web; `passages` cuts it up.
"""
