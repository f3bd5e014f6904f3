"""What people call the parts of a prompt, and why each is there or is not."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.context.composition import ContextPart, LeftOut, LeftOutReason, PartKind
from app.ui.numbers import number_text


class PartWords(QObject):
    """The words in the language that is spoken now."""

    def name(self, kind: PartKind, name: str = "") -> str:
        """What a part is called."""
        words = {
            "system": self.tr("System prompt"),
            "frame": self.tr("Lampblack’s own words"),
            "memory": self.tr("Memory"),
            "lore": self.tr("Lore: {0}").format(name),
            "following": self.tr("What follows the cursor"),
            "text": self.tr("The text before the cursor"),
            "note": self.tr("Author’s note"),
            "instruction": self.tr("Instruction"),
        }
        return words[kind]

    def reason(self, part: ContextPart) -> str:
        """Why a part is sent."""
        mention = part.mention
        if mention is not None:
            if mention.by:
                said = self.tr("named by the entry {0}").format(mention.by)
            elif mention.is_asked:
                said = self.tr("named in the instruction")
            elif not mention.above:
                said = self.tr("named in the paragraph of the cursor")
            else:
                said = self.tr("named {0} paragraphs above", "", mention.above).format(
                    number_text(mention.above)
                )
        else:
            said = {
                "system": self.tr("what is told before every instruction"),
                "frame": self.tr("says where a part begins"),
                "memory": self.tr("always sent"),
                "following": self.tr("so that the answer leads to it"),
                "text": self.tr("what is continued"),
                "note": self.tr("{0} paragraphs before the cursor", "", part.depth).format(
                    number_text(part.depth)
                ),
                "instruction": self.tr("what is asked"),
            }[part.kind]
        return self.tr("{0}; the rest is left out").format(said) if part.is_cut else said

    def left_out_reason(self, left: LeftOut) -> str:
        """Why a part, or the rest of one, is not sent."""
        words: dict[LeftOutReason, str] = {
            "cut": self.tr("the rest of it has no room"),
            "no_room": self.tr("there is no room for it"),
            "not_named": self.tr("its name does not occur near the cursor"),
            "empty": self.tr("it has no text"),
            "too_long": self.tr("the beginning has no room"),
        }
        return words[left.reason]

    def tokens(self, tokens: int) -> str:
        """How many tokens there are."""
        return self.tr("{0} tokens", "", tokens).format(number_text(tokens))
