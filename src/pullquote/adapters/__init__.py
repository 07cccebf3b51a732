"""Retrievers for frameworks that have their own: each in a module that needs its framework.

They give passages, as `Chatbot.search` does; what is quoted and what is silence is `ask`'s to say.
"""
