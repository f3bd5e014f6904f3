"""Export: texts of the writer's own as one file in another format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.conversion.blocks import Block, FormattedText, Heading, SceneBreak
from app.core.conversion.looks.profiles import ExportProfile
from app.core.errors import DocumentError, ParameterError
from app.core.system.files import is_folder, write_atomically


class ExportFormat(Struct, frozen=True):
    """A format that is written: the suffix of its files and its name."""

    suffix: str
    name: str


FORMATS = (
    ExportFormat(".docx", "Word document"),
    ExportFormat(".epub", "E-book (EPUB 3)"),
    ExportFormat(".html", "Web page"),
    ExportFormat(".odt", "OpenDocument text"),
    ExportFormat(".md", "Markdown"),
    ExportFormat(".txt", "Plain text"),
    ExportFormat(".pdf", "PDF"),
)
"""Every format that is written."""


def format_of(path: Path) -> ExportFormat:
    """The format that a file's suffix says; raises ParameterError."""
    suffix = {".htm": ".html", ".markdown": ".md"}.get(path.suffix.lower(), path.suffix.lower())
    for found in FORMATS:
        if found.suffix == suffix:
            return found
    known = ", ".join(found.suffix for found in FORMATS)
    raise ParameterError(
        f"{path.name} cannot be written: its suffix says no format that is known.",
        f"Known are: {known}.",
    )


def render(text: FormattedText, suffix: str, profile: ExportProfile, modified: datetime) -> bytes:
    """The file's content in the format of `suffix`, the same for the same text and time."""
    text = finished(text, profile)
    moment = modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _WRITERS[suffix](text, profile, moment)


def finished(text: FormattedText, profile: ExportProfile) -> FormattedText:
    """The text with the letters that a profile has."""
    if not profile.is_smart:
        return text
    from app.core.conversion.typography import smart

    return smart(text)


def _pdf(text: FormattedText, profile: ExportProfile, moment: str) -> bytes:
    from app.core.conversion.pdf.process import PdfWriting

    return PdfWriting().run(text, profile, moment)


def _docx(text: FormattedText, profile: ExportProfile, moment: str) -> bytes:
    from app.core.conversion.office.docx_writer import write_docx

    return write_docx(text, profile, moment)


def _odt(text: FormattedText, profile: ExportProfile, moment: str) -> bytes:
    from app.core.conversion.office.odt_writer import write_odt

    return write_odt(text, profile, moment)


def _epub(text: FormattedText, profile: ExportProfile, moment: str) -> bytes:
    from app.core.conversion.epub_writer import write_epub

    return write_epub(text, profile, moment)


def _html(text: FormattedText, profile: ExportProfile, _moment: str) -> bytes:
    from app.core.conversion.xhtml_writer import write_html

    return write_html(text, profile).encode()


def _markdown(text: FormattedText, _profile: ExportProfile, _moment: str) -> bytes:
    from app.core.conversion.markdown_writer import write_markdown

    return write_markdown(text).encode()


def _plain(text: FormattedText, profile: ExportProfile, _moment: str) -> bytes:
    from app.core.conversion.plain_writer import write_plain

    return write_plain(text, profile.scene_break).encode()


_WRITERS: dict[str, Callable[[FormattedText, ExportProfile, str], bytes]] = {
    ".docx": _docx,
    ".epub": _epub,
    ".html": _html,
    ".odt": _odt,
    ".md": _markdown,
    ".txt": _plain,
    ".pdf": _pdf,
}


def formatted(path: Path, source: str, *, comments: bool = False) -> FormattedText:
    """The formatted text of a document's text: a .txt is plain text, all else is Markdown."""
    from app.core.conversion.markdown_reader import read_markdown, read_plain_text

    if path.suffix.lower() == ".txt":
        return read_plain_text(source)
    return read_markdown(source, comments=comments)


def joined_texts(texts: Sequence[FormattedText]) -> FormattedText:
    """Several texts as one; where one begins without a heading, a new scene begins."""
    blocks: list[Block] = []
    for text in texts:
        if blocks and text.blocks and not isinstance(text.blocks[0], Heading | SceneBreak):
            blocks.append(SceneBreak())
        blocks += text.blocks
    return FormattedText(tuple(blocks), left_out=sum(text.left_out for text in texts))


def titled(
    text: FormattedText, title: str, author: str, language: str, contact: str = ""
) -> FormattedText:
    """The text with what its title page says."""
    language = language or text.language
    return replace(text, title=title, author=author, language=language, contact=contact)


def write_export(target: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write the file all or nothing; raises DocumentError, with a former file whole."""
    if not overwrite and target.exists():
        raise DocumentError(
            f"There is already a file {target}.",
            "Choose another name, or say that it may be written over.",
        )
    if not is_folder(target.parent):
        raise DocumentError(f"{target.name} cannot be written: there is no {target.parent}.")
    try:
        write_atomically(target, data)
    except (OSError, ValueError) as error:
        from app.core.system.files import why

        reason = why(error) if isinstance(error, OSError) else str(error)
        raise DocumentError(f"{target.name} could not be written: {reason}.") from error
