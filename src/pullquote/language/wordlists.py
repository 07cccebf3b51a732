"""Tables of words: what newsrooms shorten, what English bends, what says nothing."""

# What newsrooms shorten. Either form in an article covers the other in a question.
SHORT_FORMS = {
    "ceo": ("chief executive",),
    "cfo": ("chief financial officer", "finance chief", "financial chief"),
    "coo": ("chief operating officer",),
    "cto": ("chief technology officer",),
    "q1": ("first quarter",),
    "q2": ("second quarter",),
    "q3": ("third quarter",),
    "q4": ("fourth quarter",),
    "ai": ("artificial intelligence",),
    "us": ("united states",),
    "usa": ("united states",),
    "uk": ("united kingdom",),
    "eu": ("european union",),
    "ev": ("electric vehicle", "electric car"),
    "capex": ("capital spending", "capital expenditure"),
}

# One thing under several names. Of companies only those whose parent or new name newspapers use as
# if it were the old one: a question about Google's dividend is answered by Alphabet's.
NAMESAKES = (
    ("google", "alphabet"),
    ("facebook", "meta"),
    ("aws", "amazon web services"),
    ("fed", "federal reserve"),
    ("ecb", "european central bank"),
    ("boe", "bank of england"),
    ("faa", "f.a.a.", "federal aviation administration"),
    ("iea", "international energy agency"),
    ("us", "u.s.", "usa", "u.s.a.", "united states", "america", "american"),
    ("uk", "u.k.", "united kingdom", "britain", "british"),
    ("eu", "e.u.", "european union", "brussels"),
)

# Forms of one word that the stemmer leaves apart, a group a line.
_BENT = """
begin began begun
break broke broken
bring brought
build built builder
buy bought buyer
chair chairman chairwoman chairperson
choose chose chosen choice
come came
deal dealt
die died dead death
direct director
draw drew drawn
drive drove driven driver
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
fly flew flown flight
forget forgot forgotten
found founder
get got gotten
give gave given
go went gone
grow grew grown growth
hear heard
hide hid hidden
hold held holder
keep kept keeper
know knew known
lay laid
lead led leader
leave left
lend lent lender
lose lost loss
make made maker
mean meant
meet met
own owner
pay paid payment payout
read reader
ride rode ridden rider
ring rang rung
rise rose risen raise
run ran runner
see saw seen
seek sought
sell sold sale seller
send sent
shake shook shaken
shoot shot
shrink shrank shrunk
sing sang sung singer
sink sank sunk
sit sat
sleep slept
speak spoke spoken speech
spend spent
stand stood
steal stole stolen
strike struck
swim swam swum swimmer
take took taken
teach taught teacher
tell told
think thought
throw threw thrown
wear wore worn
weigh weight
win won winner
write wrote written writer
child children
crisis crises
foot feet
half halves
knife knives
life lives
loaf loaves
man men
mouse mice
person people
tooth teeth
wife wives
woman women
aluminium aluminum
catalogue catalog
centre center
colour color
defence defense
favour favor
grey gray
harbour harbor
kilometre kilometer
labour labor
licence license
litre liter
metre meter
neighbour neighbor
organise organize
programme program
recognise recognize
theatre theater
tonne ton
1st first
2nd second
3rd third
4th fourth
5th fifth
6th sixth
7th seventh
8th eighth
9th ninth
10th tenth
"""
BENT = tuple(tuple(line.split()) for line in _BENT.split("\n") if line)

# How texts spell small numbers: "act 3" is the third act.
_SPELT = """
1 one first 1st
2 two second 2nd
3 three third 3rd
4 four fourth 4th
5 five fifth 5th
6 six sixth 6th
7 seven seventh 7th
8 eight eighth 8th
9 nine ninth 9th
10 ten tenth 10th
11 eleven eleventh 11th
12 twelve twelfth 12th
"""
SPELT_NUMBERS = {line.split()[0]: tuple(line.split()) for line in _SPELT.split("\n") if line}

# Words that say nothing about what is asked: articles, pronouns, auxiliaries, question words.
STOP_WORDS = """
a about an and any are as at be been being but by can could did do does doing for from had has have
having he her hers him his how i if in into is it its know many may me might much my no nor not of
off on or our out please said say says shall she should so some such tell than that the their them
then there these they this those to up us was we were what when where which who whom whose why will
with would you your s t re ve ll d m
"""

# The same for questions in other languages; "die" and "was" mean something else in English.
FOREIGN_STOP_WORDS = (
    """
    der die das den dem des ein eine einen einem einer und oder ist sind war waren wird werden hat
    haben wie viel viele was wer wen wem wann wo warum welche welcher welches in im an am auf aus
    bei mit nach von vom vor zu zum zur für über es er sie wir ihr ich nicht dass als auch
    """,
    """
    le la les un une des du de et ou est sont était a ont qui que quoi quand où pourquoi comment
    combien quel quelle quels quelles dans en au aux sur par pour avec sans il elle ils elles on
    nous vous je ne pas ce cette ces se sa son ses leur leurs t d l qu n s c
    """,
    """
    el la los las un una unos unas y o es son era fue ha han quién quien qué que cuándo cuando
    dónde donde por cómo como cuánto cuánta cuántos cuántas cuesta cuál cuáles en de del al con
    sin para a se su sus lo le les no
    """,
)

# Words with a meaning so thin that their absence explains nothing.
LIGHT_WORDS = """
actually again ago ahead all already also always amount another anybody anyone anything away back
be become been before began begin best better big both bring call called can case change come
companies company country current currently day days different done during each early either end
ever every exactly exist far few find first gave get getting give given go going gone good got
great happen happened happens hear help home just keep kept kind large last late latest least less
let like likely list little long look lot lots made main make makes making mean mention mentioned
more most name named near need needed new news next now number often old once one only other others
own part past people percent place put quite rather really right roughly same see seem seen set
several show since something sort start started still stop take taken taking talk talked tell than
thing things think time times today together told too took toward try turn two type under until use
used using usually very want wanted way ways week weeks well went while within without work worked
working yesterday yet
"""

MONTHS = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)

# Each quarter and half of a year as articles write it, beside Q1 to Q4 and H1 and H2.
PERIODS = {
    "q1": ("first quarter", "first three months", "march quarter"),
    "q2": ("second quarter", "june quarter"),
    "q3": ("third quarter", "september quarter"),
    "q4": (
        "fourth quarter",
        "last quarter",
        "final quarter",
        "last three months",
        "final three months",
        "december quarter",
    ),
    "h1": ("first half", "first six months"),
    "h2": ("second half", "last six months"),
}
