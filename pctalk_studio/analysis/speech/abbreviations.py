"""Written short forms and what is said for them. Data only; the choice by context is made in transcript."""

from __future__ import annotations

from pctalk_studio.analysis.speech.numbers import Readings


def _table(text: str) -> dict[str, Readings]:
    rows = (line.partition(": ") for line in text.strip().splitlines())
    return {short.strip(): tuple(_reading(reading) for reading in long.split("/")) for short, _, long in rows}


def _reading(words: str) -> tuple[str, ...]:
    """Words parted by blanks; a lone hyphen stands for nothing said."""
    return () if words.strip() == "-" else tuple(words.split())


ABBREVIATIONS = _table("""
mr: mister
mrs: missus
ms: ms / miss
messrs: messrs
dr: doctor / drive
st: saint / street
prof: professor
rev: reverend
hon: honorable
gov: governor
sen: senator
rep: representative
pres: president
gen: general
col: colonel
maj: major
sgt: sergeant
lt: lieutenant
capt: captain
cpt: captain
cmdr: commander
cpl: corporal
pvt: private
adm: admiral
jr: junior
sr: senior
esq: esquire
ave: avenue
blvd: boulevard
rd: road
ln: lane
hwy: highway
apt: apartment
mt: mount / mountain
mtn: mountain
ft: fort / feet / foot
etc: et cetera
vs: versus
v: versus / v.
approx: approximately
dept: department
inc: incorporated / inc
corp: corporation / corp
co: company / co
ltd: limited
bros: brothers
assn: association
univ: university
est: established
fig: figure
figs: figures
vol: volume
no: number
nos: numbers
p: page / p.
pp: pages
ch: chapter
sec: section / second
ed: edition / editor
al: al
ca: circa
cf: compare / c. f.
viz: namely / viz
misc: miscellaneous
max: maximum / max
min: minimum / minute / minutes
tel: telephone
ext: extension
govt: government
intl: international
natl: national
mfg: manufacturing
jan: january
feb: february
mar: march
apr: april
jun: june
jul: july
aug: august
sep: september
sept: september
oct: october
nov: november
dec: december
mon: monday
tue: tuesday
tues: tuesday
wed: wednesday
thu: thursday
thur: thursday
thurs: thursday
fri: friday
sat: saturday
sun: sunday
""")
"""Short forms that carry a full stop, lower case without it."""

_BARE = """
mr mrs ms messrs dr st prof jr sr sgt lt capt cpt cmdr cpl pvt blvd hwy ave mt etc vs dept corp inc ltd bros assn approx govt
intl natl
"""
BARE_ABBREVIATIONS = frozenset(_BARE.split())
"""Those that are read out in full without a full stop too."""

_TITLES = """
mr mrs ms dr prof rev hon gov sen rep pres gen col maj sgt lt capt cpt cmdr cpl pvt adm st mt ft messrs
"""
NAMES_FOLLOW = frozenset(_TITLES.split())
"""Short forms that stand before a name, so that their full stop ends no sentence."""

DOTTED = _table("""
e.g.: for example / e. g.
i.e.: that is / i. e.
a.k.a.: also known as / a. k. a.
w.r.t.: with respect to / w. r. t.
p.s.: p. s. / post script
n.b.: n. b. / note
q.e.d.: q. e. d.
ph.d.: p. h. d.
""")
"""Several letters with full stops that are not simply spelled."""

SHORTHAND = _table("""
w/: with
w/o: without
b/c: because
w/e: whatever
a/c: a. c. / air conditioning
n/a: n. a. / not applicable / not available
c/o: care of
aka: also known as / a. k. a.
eg: for example / e. g.
ie: that is / i. e.
btw: by the way / b. t. w.
idk: i don't know / i. d. k.
imo: in my opinion / i. m. o.
imho: in my humble opinion
tbh: to be honest / t. b. h.
omg: oh my god / o. m. g.
asap: a. s. a. p. / asap
diy: d. i. y.
faq: f. a. q. / faq
fyi: f. y. i. / for your information
rsvp: r. s. v. p.
ok: ok
c++: c. plus plus
c#: c. sharp
r&b: r. and b.
r&d: r. and d.
q&a: q. and a.
at&t: a. t. and t.
""")
"""Other short forms, matched whole, lower case."""

SYMBOLS = _table("""
&: and / ampersand
+: plus / and
=: equals / is
@: at
%: percent
×: times / by
÷: divided by
±: plus or minus
°: degrees / degree
#: number / hashtag
$: dollars / dollar
£: pounds / pound
€: euros / euro
<: less than
>: greater than
≈: approximately / about
→: to
√: square root of
∞: infinity
µ: micro
π: pi
§: section
©: copyright
""")
"""Signs that may stand alone and are said."""

WEB = _table("""
.: dot
/: slash / -
:: colon
@: at
-: dash / hyphen / -
_: underscore / -
&: and
?: question mark
=: equals
#: hash
+: plus
%: percent
~: tilde
""")
"""Signs inside addresses; an empty reading means that the sign may be passed over."""
