"""How a sentence opens: whether it points back, draws on or denies what stands before it. Pure.

English is what these rules read. Where one is unsure it finds nothing.
"""

import re
from typing import Final, Literal

from pullquote.patterns import lazily

Need = Literal["", "question", "turn", "person", "name"]

# They set a sentence against the one before it, or draw from it.
_TURNS: Final = lazily(
    r"(?:however|but|yet|instead|nevertheless|nonetheless|even so|otherwise|conversely|rather"
    r"|on the contrary|(?:by|in) contrast|on the other hand|as a result|as such|therefore|thus"
    r"|hence|consequently|accordingly|because of this|for (?:this|that|these) reasons?"
    r"|for (?:example|instance)|that is why|which is why|that said|that means|then again|not so"
    r"|(?:and|but|so) (?:he|she|it|they|that|this|these|those)|similarly|likewise)\b",
    re.IGNORECASE,
)
# What these stand for is said before, or nowhere.
_POINTS: Final = lazily(
    r"(?:(?:he|she|it|they|his|her|its|their|this|that|these|those|such|both|neither|another"
    r"|others|which)\b(?!-)|the (?:latter|former|same|others?|rest|two|three|second|third)\b"
    r"|(?:in|on|at|by|for|from|with|after|before|since|during|under|among|of|to|through|despite"
    r"|besides|like|one of|some of|most of|all of|many of|none of|each of|part of)"
    r" (?:this|that|these|those|them|it|him|her|then|which|such)\b)",
    re.IGNORECASE,
)
# The same words where they point forward, at nothing, or at the day and the page.
_POINTS_NOT: Final = lazily(
    r"these days\b|(?:this|the same|(?:in|on|at|by|for|from|since|during|after|before|with) this"
    r"|(?:in )?these (?=past|coming)) ?(?:(?:very|past|coming) )?(?:week|weekend|month|year"
    r"|quarter|summer|autumn|fall|winter|spring|morning|afternoon|evening|day|days|article|post|page|guide|blog|site"
    r"|website|tutorial|section|chapter|series|newsletter|release|version)s?\b"
    r"|(?:those|these|all|both|that|such) (?:who|which|that|of us|of you|as)\b"
    r"|both (?:\S+ ){1,6}and\b|neither (?:\S+ ){1,6}nor\b"
    r"|the (?:second|third|two|three|rest|same|others?) (?!(?:is|are|was|were|has|have|had)\b)"
    r"|such (?:an?|was|is)\b"
    # "It is clear that", "it took him years to", "it was not until May"
    r"|it(?:['’]s| is| was| will be| would be| may be| might be| can be| has been| became| is also"
    r"| seems| appears| turned out| turns out)(?: \w+ly| not| also| now| too| so| still| even)* "
    r"(?:that|until|(?:important|possible|impossible|necessary|easy|easier|hard|harder|difficult"
    r"|likely|unlikely|clear|unclear|true|common|rare|best|better|worth|time|up|estimated"
    r"|believed|thought|said|reported|expected|known|hoped|assumed|recommended|suggested|alleged"
    r"|claimed|argued|unknown|obvious|essential|vital|useful|helpful|crucial|critical)"
    r"(?: not)? (?:for|to|that|how|what|whether|if|when|why|where|who)\b)"
    r"|it (?:takes?|took|rain|snow|seems? that|turned out that)",
    re.IGNORECASE,
)
# Something was named by its kind; which one is said before.
_KIND: Final = lazily(
    r"the (?:company|firm|group|agency|bank|team|club|party|government|ministry|council|city"
    r"|report|study|survey|paper|book|film|show|song|album|bill|law|rule|act|treaty|deal|move"
    r"|plan|project|programme|program|order|decision|ship|plant|factory|bridge|building|figure"
    r"|amount|number|increase|decline|change|process|method|term|name|word|phrase)\b(?! of\b)",
    re.IGNORECASE,
)
_NAME: Final = lazily(r"(?<!^)(?<![.!?:] )\b[A-Z]\w+")
_FULL_NAME: Final = lazily(r"\W*[A-Z]\w+ [A-Z]")
_PERSON: Final = lazily(r"(?:[a-z]+ [a-z]+ )?(?:he|she|his|her|him)\b", re.IGNORECASE)
_ANSWERS: Final = lazily(r"(?:yes|no|not really|of course)\b[,.:;—–-]", re.IGNORECASE)
# The next sentence says that this one does not hold.
_CLAIM: Final = (
    r"(?:that|this|it|none of (?:that|this|it)|(?:the|these|those|both|all) (?:[\w-]+ )?(?:claims?"
    r"|reports?|stor(?:y|ies)|rumou?rs?|statements?|figures?|numbers?|theor(?:y|ies)|quotes?"
    r"|allegations?|accusations?|letters?|accounts?))"
)
_FALSE: Final = (
    r"(?:false|wrong|untrue|incorrect|inaccurate|mistaken|fake|fabricated|invented|misleading"
    r"|nonsense|retracted|withdrawn|debunked|disproved|disproven|refuted|denied|an? (?:hoax|myth"
    r"|mistake|error|lie|misunderstanding|fabrication)|not (?:true|so|the case|correct|accurate)"
    r"|never (?:true|the case)|no longer (?:true|so|the case))"
)
_TAKES_BACK: Final = lazily(
    rf"(?:but |yet |however, |in fact,? |in truth,? )?(?:"
    rf"{_CLAIM} (?:(?:is|was|were|are|has been|have been|proved|proved to be|turned out to be|has"
    rf" since been|was later|were later|has proved|is now known to be|is simply|was simply) )"
    rf"(?:\w+ly |later |since |all |also )?{_FALSE}\b(?! (?:that|to|because|by)\b)"
    r"|(?:that|this|it|that’s|that's)(?: is|'s|’s)? (?:isn['’]t|wasn['’]t|ain['’]t) (?:true|so"
    r"|the case|correct|accurate|right)\b"
    r"|none of (?:that|this|it) (?:is|was) (?:true|so|correct)\b"
    r"|(?:not so|not true|not any ?more|no longer|far from it)\s*[.,:;!–—-]"
    r"|(?:that|this|it) (?:never|did not|didn['’]t) (?:happen(?:ed)?|come|came|materiali[sz]ed?"
    r"|take place|took place|last(?:ed)?)\b"
    r"|(?:he|she|they|(?:the )?[\w’'-]+(?: [\w’'-]+)?) (?:was|were|turned out to be|proved) wrong\."
    r"|(?:he|she|they|(?:the )?[\w’'-]+(?: [\w’'-]+)?) (?:(?:has|have) )?(?:later|since|soon|then"
    r"|subsequently|quickly|eventually) (?:withdrew|withdrawn|retracted|took back|taken back"
    r"|corrected|denied|recanted|walked back|reversed|dropped|disowned|abandoned)"
    r" (?:it|that|this|(?:the|that|this|his|her|their) [\w-]+)\b)",
    re.IGNORECASE,
)
_OPENERS: Final = "“”„«»\"'‘’([ "


def needed_by(text: str) -> Need:
    """Return what a sentence needs before it: a question it answers, what it turns from, a name.

    "" means that it stands alone.
    """
    words = text.lstrip(_OPENERS)
    if _ANSWERS.match(words):
        return "question"
    if _TURNS.match(words):
        return "turn"
    if _POINTS.match(words) and not _POINTS_NOT.match(words):
        return "person" if _PERSON.match(words) else "name"
    return "name" if _KIND.match(words) and not _NAME.search(text) else ""


def names_kind(text: str) -> bool:
    """Tell whether a sentence opens with something named by its kind: "The company"."""
    return _KIND.match(text.lstrip(_OPENERS)) is not None


def may_name_person(text: str) -> bool:
    """Tell whether a sentence has capitals where a person's name may be."""
    return bool(_NAME.search(text) or _FULL_NAME.match(text))


def takes_back(text: str) -> bool:
    """Tell whether a sentence says that what stands before it is not true."""
    return _TAKES_BACK.match(text) is not None
