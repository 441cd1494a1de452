"""Write e-mails: plain and HTML, with the quoted mail that they answer. Writes nothing."""

from html import escape
from html.entities import codepoint2name

from scanner.demo.desk import Desk, Slots
from scanner.demo.people import Contact
from scanner.demo.said import Said, TextBuilder, joined
from scanner.demo.times import heading

LATIN = 0xBF
"""Letters with accents come after this code."""

HTML = {ord(c): escape(c) for c in "<>&\"'"} | {
    code: f"&{name};" for code, name in codepoint2name.items() if code > LATIN
} | {10: "<br>\n"}  # fmt: skip
"""How mail programs write special characters."""

QUOTE = {10: "\n> "}

OUTLOOK = "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'>"


def body(desk: Desk, who: Contact, scene: Slots, *, inbound: bool, mention: Said | None) -> Said:
    """Write one mail without what it quotes."""
    kind = "in" if inbound else "out"
    builder = desk.tell(TextBuilder(), f"greetings_{kind}", scene)
    for n in range(desk.chance.number(1, 4)):
        desk.tell(builder.add(" " if n else "\n\n"), f"mail_{kind}", scene)
    if mention:
        builder.add("\n", mention)
    return desk.tell(builder.add("\n\n"), f"closings_{kind}", scene).said()


def thread(desk: Desk, scene: Slots, new: Said, old: Said, *, inbound: bool, at: int) -> Said:
    """Quote the mail that ``new`` answers, in one of the ways of mail programs."""
    form = desk.chance.pick(("outlook", "german", "block", "wrote", "wrote", "html"))
    us = joined((scene["agent"], " <care@support.example>"), "")
    them = joined((scene["full"], " <", scene["email"], ">"), "")
    sender, receiver = (us, them) if inbound else (them, us)
    when = heading(at - 7200)
    if form == "html":
        return _html(new, old, sender, when)
    builder = TextBuilder().add(new, "\n\n")
    if form == "wrote":
        quoted = old.translated(QUOTE)
        return builder.add(f"On {when}, ", sender, " wrote:\n> ", quoted).said()
    words = ("From", "Sent", "To", "Subject")
    if form == "outlook":
        builder.add("-----Original Message-----\n")
    elif form == "german":
        words = ("Von", "Gesendet", "An", "Betreff")
        builder.add("-----Ursprüngliche Nachricht-----\n")
    builder.add(f"{words[0]}: ", sender, f"\n{words[1]}: {when}\n{words[2]}: ", receiver)
    return builder.add(f"\n{words[3]}: RE: ", scene["case"], "\n\n", old).said()


def _html(new: Said, old: Said, sender: Said, when: str) -> Said:
    builder = TextBuilder().add("<html><body><p>", new.translated(HTML), "</p>\n")
    builder.add(f"{OUTLOOK}<p><b>From:</b> ", sender.translated(HTML))
    builder.add(f"<br><b>Sent:</b> {when}</p></div><p>", old.translated(HTML))
    return builder.add("</p></body></html>").said()
