"""Who is what: people beside their roles in a sentence. Pure."""

import re
from collections.abc import Iterator

_ROLE = (
    r"(?:(?:chief|executive|managing|vice|deputy|assistant|senior|former|general|technical|finance"
    r"|financial|operating|technology|marketing|program|project|product|release|acting|founding"
    r"|community) )*(?:officer|executive|director|president|chair|chairman|chairwoman|manager"
    r"|founder|co-founder|editor|engineer|developer|designer|professor|secretary|minister|mayor"
    r"|administrator|commissioner|CEO|CFO|CTO|CIO|coach|captain|spokesperson|spokesman|spokeswoman"
    r"|head|lead|leader|maintainer|author|analyst|curator|architect|owner|coordinator|specialist)"
)
_PERSON = r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:van|de|von|der|la))*(?: [A-Z][\w’'-]+){1,2}"
_APPOSED = re.compile(
    rf"\b(?P<n>{_PERSON}), (?:who is )?(?:(?:the|a|an) )?(?P<role>(?:[\w’'&-]+ )?{_ROLE}"
    r" (?:of|at|for|in|with) (?:the )?[\w’'&. -]*?[A-Z][\w’'&.-]*"
    r"(?:(?: of| and| for)? [A-Z][\w’'&.-]*)*)"
    r"(?=[,.]|$| (?:said|says|told|is|was|has|will)\b)"
)
_ORG_ROLE = re.compile(
    rf"\b(?P<org>[A-Z][\w&-]+(?: [A-Z][\w&-]+){{0,3}})[’']s (?P<role>{_ROLE}),? (?P<n>{_PERSON})\b"
)
_IS_ROLE = re.compile(
    rf"^(?:the |an? )?(?:[\w-]+ ){{0,3}}(?:{_ROLE}|veteran|student|woman|man|person"
    r"|member|volunteer"
    r"|writer|artist|scientist|strategist|contractor|researcher|actor|singer|fellow|contributor"
    r"|programmer|hacker|lawyer|teacher|farmer|physician|journalist|economist"
    r"|candidate|friend|colleague)\b(?! (?:that|which)\b)|.* who\b",
    re.IGNORECASE,
)


def is_role(words: str) -> bool:
    """Tell whether what something is said to be is what a person is."""
    return bool(_IS_ROLE.match(words))


def find_roles(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield (role, name) of each person that a sentence names beside a role in something."""
    for found in _APPOSED.finditer(sentence):
        yield f"the {found['role']}", found["n"]
    for found in _ORG_ROLE.finditer(sentence):
        yield f"{found['org']}’s {found['role']}", found["n"]
