"""The styles of an OpenDocument text, as a profile has them."""

from __future__ import annotations

from app.core.conversion.blocks import FormattedText
from app.core.conversion.front import running_head
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import XML_HEAD, escaped

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = (
    f'xmlns:office="{_OASIS}:office:1.0" xmlns:text="{_OASIS}:text:1.0"\n'
    f' xmlns:style="{_OASIS}:style:1.0" xmlns:meta="{_OASIS}:meta:1.0"\n'
    f' xmlns:fo="{_OASIS}:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"\n'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)
_DEEPEST_LIST = 10
_PAGE = 'fo:break-before="page"'
_FLAT = 'fo:text-indent="0cm"'


def text_styles() -> str:
    """The looks of letters."""
    looks = (
        ("Emphasis", 'fo:font-style="italic"'),
        ("Strong", 'fo:font-weight="bold"'),
        ("Code", 'style:font-name="Courier New" fo:font-family="\'Courier New\', monospace"'),
    )
    return "".join(
        f'<style:style style:name="{name}" style:family="text">'
        f"<style:text-properties {look}/></style:style>\n"
        for name, look in looks
    )


def list_styles() -> str:
    """A list with bullets and one with numbers."""
    levels = range(1, _DEEPEST_LIST + 1)
    bullets = "".join(
        f'<text:list-level-style-bullet text:level="{n}" text:bullet-char="•">{_place(n)}'
        "</text:list-level-style-bullet>\n"
        for n in levels
    )
    numbers = "".join(
        f'<text:list-level-style-number text:level="{n}" style:num-format="1" '
        f'style:num-suffix=".">{_place(n)}</text:list-level-style-number>\n'
        for n in levels
    )
    return (
        f'<text:list-style style:name="Bullets">\n{bullets}</text:list-style>\n'
        f'<text:list-style style:name="Numbers">\n{numbers}</text:list-style>\n'
    )


def _place(level: int) -> str:
    return (
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        f'<style:list-level-label-alignment text:label-followed-by="listtab" '
        f'fo:text-indent="-0.63cm" fo:margin-left="{1.27 * level:.2f}cm"/>'
        "</style:list-level-properties>"
    )


def document_styles(text: FormattedText, profile: ExportProfile) -> str:
    """styles.xml: paragraphs, the page and its running head."""
    size = profile.size_pt
    align = "justify" if profile.is_justified else "left"
    body = (
        f'fo:text-indent="{profile.indent_cm}cm" fo:text-align="{align}" '
        f'fo:line-height="{profile.line_spacing * 100:g}%" fo:margin-bottom="{profile.gap_pt}pt"'
    )
    middle = f'{_FLAT} fo:text-align="center"'
    tight = f'{_FLAT} fo:line-height="100%"'
    code = "fo:font-family=\"'Courier New', monospace\""
    rows: list[tuple[str, ...]] = [
        ("Text_20_body", "Text body", body, ""),
        ("First_20_Paragraph", "First Paragraph", _FLAT, ""),
        ("Title", "Title", f'{middle} fo:margin-top="8cm" fo:margin-bottom="0.5cm"', _big(size, 4)),
        ("Low_20_Title", "Low Title", f'{middle} fo:margin-top="8cm" fo:margin-bottom="0.5cm"',
         _big(size, 4)),
        ("Subtitle", "Subtitle", middle, ""),
        ("First_20_Contact", "First Contact", tight, "", _right_stop(profile)),
        ("Contact", "Contact", tight, ""),
        ("Contents_20_Heading", "Contents Heading", f"{_FLAT} {_PAGE}", _big(size, 2)),
        ("Contents_20_1", "Contents 1", _FLAT, ""),
        ("New_20_Page", "New Page", _PAGE, ""),
        ("Scene_20_Break", "Scene Break", f'{middle} fo:margin-top="0.4cm" '
         'fo:margin-bottom="0.4cm"', ""),
        ("Quotations", "Quotations", f'{_FLAT} fo:margin-left="1.27cm" fo:margin-right="1.27cm"',
         ""),
        ("List_20_Paragraph", "List Paragraph", _FLAT, ""),
        ("Preformatted_20_Text", "Preformatted Text", f'{_FLAT} fo:text-align="left"', code),
        ("Footnote", "Footnote", tight, f'fo:font-size="{size - 2:g}pt"'),
        ("Header", "Header", f'{tight} fo:text-align="end"', ""),
        *(_heading(level, size) for level in range(1, 7)),
    ]  # fmt: skip
    language, _, country = text.language.partition("-")
    font = "Times New Roman" if profile.font == "serif" else profile.font
    return f"""{XML_HEAD}\
<office:document-styles {NAMES} office:version="1.3">
<office:styles>
<style:default-style style:family="paragraph"><style:text-properties
 fo:font-family="'{escaped(font)}'" fo:font-size="{size:g}pt" fo:language="{escaped(language)}"
 fo:country="{escaped(country or "none")}"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"/>
{"".join(_style(*row) for row in rows)}</office:styles>
{_pages(text, profile)}</office:document-styles>
"""


def _heading(level: int, size: float) -> tuple[str, str, str, str]:
    page = f'{_PAGE} fo:margin-top="2.5cm"' if level == 1 else 'fo:margin-top="0.6cm"'
    layout = f'{_FLAT} fo:text-align="left" fo:keep-with-next="always" fo:margin-bottom="0.4cm"'
    style = f"Heading_20_{level}"
    return style, style.replace("_20_", " "), f"{layout} {page}", _big(size, max(0, 4 - level))


def _big(size: float, more: int) -> str:
    return f'fo:font-weight="bold" fo:font-size="{size + more:g}pt"'


def _style(style: str, name: str, layout: str, look: str, stops: str = "") -> str:
    parent = "Standard" if style == "Text_20_body" else "Text_20_body"
    letters = f"<style:text-properties {look}/>" if look else ""
    level = f' style:default-outline-level="{style[-1]}"' if style.startswith("Heading") else ""
    is_first = style in ("Title", "First_20_Contact")
    page = ' style:master-page-name="First_20_Page"' if is_first else ""
    return (
        f'<style:style style:name="{style}" style:display-name="{name}" style:family="paragraph"'
        f' style:parent-style-name="{parent}"{page}{level}><style:paragraph-properties {layout}>'
        f"{stops}</style:paragraph-properties>{letters}</style:style>\n"
    )


def _right_stop(profile: ExportProfile) -> str:
    """A tab at the right margin."""
    place = profile.page_cm[0] - 2 * profile.margin_cm
    return (
        f'<style:tab-stops><style:tab-stop style:position="{place:.2f}cm" style:type="right"/>'
        "</style:tab-stops>"
    )


def _pages(text: FormattedText, profile: ExportProfile) -> str:
    width, height = profile.page_cm
    words = escaped(running_head(text, profile))
    head = f'<text:p text:style-name="Header">{words}<text:page-number/></text:p>'
    head = head if profile.has_running_head else ""
    header = f"<style:header>{head}</style:header>" if head else ""
    return f"""\
<office:automatic-styles><style:page-layout style:name="Page"><style:page-layout-properties
 fo:page-width="{width}cm" fo:page-height="{height}cm" fo:margin="{profile.margin_cm}cm"/>
<style:header-style><style:header-footer-properties fo:min-height="0.5cm"
 fo:margin-bottom="0.5cm"/></style:header-style>
</style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Page">
{header}</style:master-page>
<style:master-page style:name="First_20_Page" style:display-name="First Page"
 style:page-layout-name="Page" style:next-style-name="Standard"/>
</office:master-styles>
"""
