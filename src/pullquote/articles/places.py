"""What the path of an article tells: its site generator, folders, name, language and day."""

import re
from datetime import date as Date
from typing import NamedTuple

from pullquote.articles.dates import day_in
from pullquote.articles.site import Site

# ISO 639-1; other two letters before a suffix are no language: notes.ai.md, node.js.md, a.md.md.
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
# Hugo writes the language of a translation before the suffix: about.fr.md.
_LANG_SUFFIX = re.compile(r"\.([a-z]{2}(?:-[a-z]{2})?)$", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_ ]+(?=[^-_ ])")
# A corpus that is a whole Hugo site keeps its articles there.
_CONTENT = "content"
_POSTS, _DRAFTS = "_posts", "_drafts"


class Place(NamedTuple):
    """Where an article stands in its site.

    `folders` are those below ``content/`` and the language's own; `stem` is the file's name without
    suffix and language, `name` also without a day in front; `day` may also be that of folders.
    """

    jekyll: bool
    folders: tuple[str, ...]
    stem: str
    name: str
    lang: str
    day: Date | None

    @property
    def is_post(self) -> bool:
        """Whether Jekyll takes it for a post rather than a page."""
        dated = self.name != self.stem
        return self.jekyll and (dated or not {_POSTS, _DRAFTS}.isdisjoint(self.folders))

    @property
    def is_draft(self) -> bool:
        """Whether it lies in Jekyll's folder of drafts."""
        return _DRAFTS in self.folders

    @property
    def categories(self) -> tuple[str, ...]:
        """The folders that Jekyll takes for a post's categories: those before ``_posts``."""
        for mark in (_POSTS, _DRAFTS):
            if self.jekyll and mark in self.folders:
                return self.folders[: self.folders.index(mark)]
        return ()

    @property
    def words(self) -> str:
        """The name as a title, for want of a better one."""
        of_folder = self.stem in ("index", "_index") and self.folders
        name = _DATED.sub("", self.folders[-1]) if of_folder else self.name
        words = re.sub(r"[-_]+", " ", name).strip()
        return words[:1].upper() + words[1:]


def find_place(path: str, site: Site) -> Place:
    """Read a path relative to the corpus."""
    *parents, file = path.split("/")
    stem = file.rpartition(".")[0]
    day = day_in("/".join((*parents, stem)))
    suffix = _LANG_SUFFIX.search(stem)
    lang = suffix[1] if suffix and _is_language(suffix[1], site) else ""
    stem = stem[: -1 - len(lang)] if lang else stem
    if _CONTENT in parents[:1]:
        del parents[0]
    in_folder = [code for code in (site.language, *site.languages) if code and code in parents[:1]]
    if in_folder and not lang:
        lang = parents.pop(0)
    name = _DATED.sub("", stem, count=1) if _DATED.match(stem) else stem
    return Place(
        jekyll=_is_jekyll(path, name != stem, site),
        folders=tuple(parents),
        stem=stem,
        name=name,
        lang=lang,
        day=day,
    )


def _is_language(code: str, site: Site) -> bool:
    """Tell whether a suffix is a language; where the site names its own, only those are."""
    if not site.languages:
        return code[:2].casefold() in _LANGUAGES
    return code.casefold() in {known.casefold() for known in (site.language, *site.languages)}


def _is_jekyll(path: str, dated: bool, site: Site) -> bool:
    """Take the site's word, or guess: only Jekyll has _posts, and names posts by their day."""
    if site.generator:
        return site.generator == "jekyll"
    folders = path.split("/")[:-1]
    return _POSTS in folders or _DRAFTS in folders or (dated and folders[:1] != [_CONTENT])
