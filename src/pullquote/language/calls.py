"""Sentences that only ask a reader to click, subscribe, follow or read on: evidence of nothing."""

import re
from typing import Final

# A longer sentence says something besides.
_MOST_WORDS: Final = 30

_PIECES: Final = {
    "ARTICLE": (
        r"(?:posts?|articles?|blogs?|instal?lments?|parts?|columns?|newsletters?|issues?|episodes?"
        r"|entry|story|series)"
    ),
    "CHANNEL": (
        r"(?:newsletters?|mailing lists?|e-?mail lists?|e-?mails?|updates|alerts|rss|feeds?"
        r"|channel|podcast|blog|digest|listserv)"
    ),
    "NETWORK": (
        r"(?:twitter|x|facebook|instagram|linkedin|mastodon|youtube|github|tiktok|bluesky|threads"
        r"|telegram|discord|slack|social media)"
    ),
    "HERE": r"(?:here|below|above|now|today)",
    "OURS": r"(?:our|my|this|the)",
    "SPOKEN": r"(?:we|i)(?:['’]ll| will|['’]re going to| are going to| plan to| hope to)",
}
# What may stand before the verb.
_POLITE: Final = (
    r"(?:(?:so|and|now|also|just|but|please|then)[, ]+)*"
    r"(?:be sure to |make sure to |don['’]t forget to |feel free to |remember to )?"
)
# Each is held against a sentence from its first word on: "He told readers to subscribe" is none.
_CALLS: Final = (
    r"(?:click|tap|press) (?:here\b|on the (?:link|button|image|banner)|the (?:link|button|image))",
    # A figure may be the day of a course or the price of a magazine.
    r"(?=\D*$)(?:subscribe|sign up|register)(?:[.!]*$| HERE\b"
    r"| (?:to|for|with) (?:our|my|the|this|free|more|their|regular)\b[^.]*\bCHANNEL\b"
    r"| (?:to|for) (?:us|updates|more)\b)",
    r"(?:read|see|view|browse|explore|check out) (?:(?:more|all|other|some) (?:of )?)?"
    r"(?:(?:our|my) )?(?:(?:other|more|previous|earlier|latest|recent|related) )+"
    r"(?:blog )?(?:posts|articles|stories|blogs|entries|updates|news)\b",
    r"(?:read|see|browse) more (?:blog )?(?:posts|articles|stories|entries|news)\b",
    r"(?:read|learn|discover|find out|see|hear) more"
    r"(?:[ .!:…»>→]*$| (?:about|on|from|at|here|below)\b)",
    r"(?:read|watch|see|view|listen to|download) (?:the|our) (?:full|whole|complete|entire"
    r"|original|rest)\b",
    r"(?:read on|continue reading|keep reading|back to top|return to top)"
    r"(?:\W*$| (?:for|to|below)\b)",
    r"(?:follow|like|find|join|friend) (?:us|me|@\w+) (?:over )?on NETWORK\b",
    r"follow (?:us|me|along|@\w+)(?:[ ,.!]*$| HERE\b| for\b)",
    r"stay tuned\b",
    r"watch this space\b",
    r"don['’]t miss (?:our|the next|an? (?:single )?(?:post|update|issue|episode))\b",
    r"(?:check out|take a look at|have a look at) (?:our|my|these|more)\b",
    r"(?:check out|visit|see|read) [^.,]{1,40},? (?:or|and|to) learn more\b",
    r"republish (?:this|our|these)\b",
    r"(?:leave|post|drop|add) (?:us |me )?(?:a|your) (?:comment|reply|note|question)s?\b"
    r"(?= (?:below|here|in|on)\b|[.!]*$)",
    r"let (?:us|me) know (?:what|if|how|in|below|your|about)\b",
    r"tell us (?:what you|how you|about your|in the comments|below)\b",
    r"(?:share|tweet|bookmark|print) (?:this|your (?:thoughts|comments|feedback|story))\b"
    r"(?= (?:post|article|page|with|on|below|in)\b|[.!]*$)",
    r"(?:thanks|thank you)(?: so much| very much)? for (?:reading|listening|watching|subscribing"
    r"|following|visiting|stopping by)\b",
    r"(?:get|receive) (?:our|the latest|all the latest)\b[^.]*\b(?:inbox|newsletter|e-?mail)\b",
    r"(?:enter|type) your e-?mail\b",
    r"(?:donate|buy|order|shop|download|apply|book|try it) now[.!]*$",
    r"join (?:our|the) (?:[\w-]+ )?(?:mailing list|newsletter|conversation|discussion|listserv)\b",
    r"SPOKEN [^.]*\b(?:in|for) (?:our|the|my|a|another) (?:[\w-]+ )?(?:next|future|upcoming"
    r"|coming|later|follow-?up|subsequent) (?:[\w-]+ )?ARTICLE\b",
    r"in (?:our|the|my|a) (?:next|future|upcoming|coming|later|follow-?up|subsequent)"
    r" (?:[\w-]+ )?ARTICLE\b[^.]*\bSPOKEN\b",
    r"(?:see also|related|related posts|related articles|read also|you may also like"
    r"|recommended)\s*:",
    r"(?:watch|listen to|see) (?:the|our|this) (?:video|episode|podcast|recording|webinar"
    r"|interview) HERE\b",
    r"(?:until|see you) next time\b",
)


def _compile() -> re.Pattern[str]:
    calls = "|".join(_CALLS)
    for name, piece in _PIECES.items():
        calls = calls.replace(name, piece)
    return re.compile(rf"\W*{_POLITE}(?:{calls})", re.IGNORECASE)


_CALL: Final = _compile()


def is_call(text: str) -> bool:
    """Tell whether a whole sentence does nothing but call on its reader.

    When unsure it says no: a call that is quoted is a nuisance, a fact that is not is a loss.
    """
    return len(text.split()) <= _MOST_WORDS and _CALL.match(text) is not None
