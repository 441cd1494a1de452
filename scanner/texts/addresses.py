"""What street addresses look like in running text, in the orders of many countries."""

import re

NUMBER = r"\d{1,5}(?:[ ]?[a-zA-Z]\b)?(?:[-/]\d{1,4}[a-zA-Z]?)?"
CAP = r"(?:[^\W\d_a-zß-öø-ÿ][\w'’.-]*)"
SMALL = r"(?:de|da|do|dos|das|del|della|delle|dei|degli|di|du|des|la|le|les|los|las|l['’]|van|von|der|den|dem|ten|ter|the|of|zu|im|am|y|e|and)"
ORDINAL = r"(?:\d{1,3}(?:st|nd|rd|th))"
WORD = rf"(?:{CAP}|{SMALL}|{ORDINAL})"

TYPE = (
    r"(?:[Ss]treet|[Ss]tr|[Ss]t|[Aa]venue|[Aa]ve|[Rr]oad|[Rr]d|[Bb]oulevard|[Bb]lvd|[Ll]ane|[Ll]n|"
    r"[Dd]rive|[Dd]r|[Cc]ourt|[Cc]t|[Pp]lace|[Pp]l|[Ss]quare|[Ss]q|[Ww]ay|[Tt]errace|[Cc]ircle|[Cc]ir|"
    r"[Hh]ighway|[Hh]wy|[Pp]arkway|[Pp]kwy|[Cc]rescent|[Cc]lose|Row|Loop|Alley|Plaza|Gardens|Broadway|"
    r"Trail|Pike|Turnpike|Mews|Walk|Hill|Crossing|Heights|Grove|Parade|Quay|Wharf|Green|Rise|Expressway|Freeway|Bypass)\b\.?"
)
"""Kinds of streets that stand behind their name in English."""

LEADING = (
    r"(?:[Rr]ue|[Aa]venue|[Aa]v\.?|[Aa]venida|[Aa]vda\.?|[Bb]oulevard|[Bb]d\.?|[Cc]alle|[Cc]arrera|C/|[Vv]ia|V\.le|[Vv]iale|"
    r"[Pp]iazza|[Cc]orso|[Ll]argo|[Vv]icolo|[Pp]laza|[Pp]aseo|[Rr]ua|[Rr][úu]a|[Tt]ravessa|[Pp]raça|[Uu]lica|[Uu]l\.|"
    r"[Pp]lace|[Cc]hemin|[Aa]llée|[Qq]uai|[Ii]mpasse|[Rr]oute|[Cc]ours|[Ss]trada|[Aa]l\.|os\.|[Cc]arrer|[Rr]onda|[Cc]amino)"
)
"""Kinds of streets that stand before their name."""

COMPOUND = (
    r"(?:(?:[Aa]m|[Aa]n der|[Aa]n den|[Ii]m|[Zz]um|[Zz]ur|[Aa]lte[rn]?|[Nn]eue[rn]?) )?(?:[^\W\d_a-zß-öø-ÿ][\w'’-]*[ -]){0,2}?"
    r"[\w'’-]*(?:straße|strasse|str\.|Straße|Strasse|weg|Weg|platz|Platz|allee|Allee|gasse|ufer|damm|Ring|gatan|gatan|vägen|väg|"
    r"straat|laan|plein|gracht|kade|dijk|singel|steenweg|gade|vej|vegen|veien|gata|gaten|stræde|straede|katu|kuja|polku|"
    r"utca|prospekt)\b\.?"
)
"""Kinds of streets that end their name, in the Germanic, Nordic and other languages."""

TRAILING = (
    r"(?:utca|útja|út|u\.|tér|tere|körút|katu|tie|gate|gata|gatan|vei|veien|väg|vägen|vej|gade|tee|põik|sokak|sokağı|caddesi|"
    r"bulvarı|mahallesi|ulica|cesta|náměstí|třída|straat|laan|weg|straße|strasse|str\.)"
)
"""Kinds of streets that stand behind their name as a word of their own, before the number."""

STREET = re.compile(
    rf"(?<![\w.,/:$€£%-])(?:"
    rf"(?:{NUMBER},? )?{NUMBER},? (?:{WORD},? ){{1,4}}?{TYPE}(?: {NUMBER}\b)?(?: (?:[NSEW]{{1,2}}|North|South|East|West)\b)?"
    rf"|(?:{NUMBER} )?{NUMBER},? (?:bis,? |ter,? )?{LEADING} (?:{WORD} ){{0,4}}{WORD}(?:,? (?:n[ºo°]\.? ?)?{NUMBER}\b)?"
    rf"|\b{LEADING} (?:{WORD} ){{0,5}}?{WORD},? (?:n[ºo°]\.? ?)?{NUMBER}\b"
    rf"|(?:{NUMBER} )?\b{COMPOUND},? {NUMBER}\b\.?(?: {TYPE})?"
    rf"|(?:{NUMBER} )?\b{CAP} (?:[\w'’.-]+ ){{0,2}}?{TRAILING} {NUMBER}\b\.?(?: {TYPE})?"
    rf"|\d{{2,5}} (?:(?!X+ ){CAP} ){{1,3}}\d{{1,4}}\b\.?(?: {TYPE})?"
    rf")"
)
"""Number first; number and kind first; kind first; name and kind in one word; number at both ends."""

CUED = re.compile(
    r"\b(?:(?:street |home |mailing |postal |new |billing |shipping |delivery )*address(?: \w+){0,4}? ?(?:is|:|to the same:|to be|=)|"
    r"(?:live|lives|living|lived|reside|resides|residing|located|moved|drops you off|delivered|shipped|sent) (?:at|to)|"
    r"anschrift ?:|adresse(?: ist|est)? ?:?|wohnhaft in|wohnt in(?: der)?|dirección ?:|domicilio ?:|domiciliad[oa] en|vive en|indirizzo ?:|"
    r"residente in|abita in|habite(?: au)?|demeurant(?: au)?|adres ?:|woont (?:op|aan)(?: de)?|morada ?:)\s*",
    re.IGNORECASE,
)
"""What stands right before an address."""

BEHIND_CUE = re.compile(
    rf"(?:{NUMBER},? )?(?:[^\W\d_][\w'’.-]*,? ){{1,4}}?{NUMBER}\b\.?|{NUMBER},? (?:{WORD} ){{0,3}}{WORD}"
)
