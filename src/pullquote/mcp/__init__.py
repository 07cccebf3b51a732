"""Pullquote for language models: the Model Context Protocol, over stdio and in the app.

`serving` makes the server of the official SDK out of a `Chatbot`: its `tools` and, as resources,
the articles of its `library`.
"""
