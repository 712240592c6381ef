"""The closed lists that rules hold a feed against."""

from __future__ import annotations

from briefing.publish.feed import ATOM, ITUNES, PODCAST

NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM}

# Apple's categories of 2019, each with its subcategories.
_CATEGORIES = """
Arts: Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts
Business: Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit
Comedy: Comedy Interviews, Improv, Stand-Up
Education: Courses, How To, Language Learning, Self-Improvement
Fiction: Comedy Fiction, Drama, Science Fiction
Government:
History:
Health & Fitness: Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality
Kids & Family: Education for Kids, Parenting, Pets & Animals, Stories for Kids
Leisure: Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games
Music: Music Commentary, Music History, Music Interviews
News: Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News
Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality
Science: Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, Physics, Social Sciences
Society & Culture: Documentary, Personal Journals, Philosophy, Places & Travel, Relationships
Sports: Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, Soccer, Swimming, Tennis, Volleyball, Wilderness, Wrestling
Technology:
True Crime:
TV & Film: After Shows, Film History, Film Interviews, Film Reviews, TV Reviews
"""
CATEGORIES = {
    parent: frozenset(filter(None, (each.strip() for each in children.split(","))))
    for parent, _, children in (line.partition(":") for line in _CATEGORIES.strip().split("\n"))
}

_MEDIUMS = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course")
MEDIUMS = frozenset({*_MEDIUMS, *(f"{each}L" for each in _MEDIUMS), "mixed"})

# Podcast namespace 1.0: where a tag may stand; + when it may stand there more than once.
_PARENTS = {
    "channel": "locked guid medium liveItem+ block+ remoteItem+ podroll updateFrequency podping publisher funding+ trailer+",
    "item": "transcript+ chapters soundbite+ season episode alternateEnclosure+ contentLink+ socialInteract+",
    "channel item": "person+ location+ license value+ images txt+ chat image+",
    "liveItem": "alternateEnclosure+ contentLink+ socialInteract+ chat person+ image+ images txt+ value+ location+ license transcript+ chapters soundbite+ season episode",
    "alternateEnclosure": "source+ integrity",
    "podroll publisher": "remoteItem+",
    "value valueTimeSplit": "valueRecipient+ valueTimeSplit+ remoteItem",
}
PODCAST_PARENTS: dict[str, dict[str, bool]] = {}
for _parents, _tags in _PARENTS.items():
    for _tag in _tags.split():
        for _parent in _parents.split():
            PODCAST_PARENTS.setdefault(_tag.rstrip("+"), {})[_parent] = _tag.endswith("+")

RETIRED = ("itunes:keywords", "itunes:subtitle", "itunes:order", "itunes:isClosedCaptioned", "itunes:summary")
ONCE = frozenset(
    ("title", "link", "description", "guid", "pubDate", "language", "lastBuildDate", "generator", "enclosure", "image")
)

ENCLOSURE_TYPES = {
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/x-m4a", "audio/m4a", "audio/mp4"),
    ".mp4": ("video/mp4",),
    ".m4v": ("video/x-m4v",),
    ".mov": ("video/quicktime",),
}
TRANSCRIPT_TYPES = (
    "text/vtt", "application/x-subrip", "application/srt", "application/json", "text/html", "text/plain",
)  # fmt: skip
TIMED_TYPES = TRANSCRIPT_TYPES[:4]
FEED_TYPES = ("application/rss+xml", "application/xml", "text/xml")
NOTES_TAGS = frozenset(("p", "br", "ol", "ul", "li", "a", "b", "i", "strong", "em"))
