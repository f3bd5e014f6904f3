"""The fixed parts of a Word document: styles, numbering, settings and how the parts belong."""

from __future__ import annotations

from app.core.conversion.blocks import FormattedText
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import XML_HEAD, escaped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

DEEPEST_LIST = 8
"""The deepest level of a list that Word knows, counted from 0."""

CONTENT_TYPES = f"""{XML_HEAD}\
<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_TYPE}.settings+xml"/>
<Override PartName="/word/numbering.xml" ContentType="{_TYPE}.numbering+xml"/>
<Override PartName="/word/footnotes.xml" ContentType="{_TYPE}.footnotes+xml"/>
<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>
<Override PartName="/docProps/core.xml"
 ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>
"""
PACKAGE_LINKS = f"""{XML_HEAD}\
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"
 Target="docProps/core.xml"/>
</Relationships>
"""
SETTINGS = f"""{XML_HEAD}\
<w:settings {W}>
<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>
<w:compat><w:compatSetting w:name="compatibilityMode"
 w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>
</w:settings>
"""


def twips(cm: float) -> int:
    """Centimetres in twentieths of a point."""
    return round(cm * 1440 / 2.54)


def links(addresses: list[str]) -> str:
    """What belongs to the document's body or its footnotes; a web address is rIdL1, rIdL2, …."""
    own = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{name}" Target="{name}{suffix}.xml"/>\n'
        for number, (name, suffix) in enumerate(
            (("styles", ""), ("settings", ""), ("numbering", ""), ("footnotes", ""), ("header", 1)),
            1,
        )
    )
    outside = "".join(
        f'<Relationship Id="rIdL{number}" Type="{_OFFICE}/hyperlink" Target="{escaped(address)}"'
        ' TargetMode="External"/>\n'
        for number, address in enumerate(addresses, 1)
    )
    return (
        f'{XML_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\n{own}{outside}'
        "</Relationships>\n"
    )


def core_properties(text: FormattedText, modified: str) -> str:
    """Title, author and time of the document."""
    return f"""{XML_HEAD}\
<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<dc:title>{escaped(text.title)}</dc:title><dc:creator>{escaped(text.author)}</dc:creator>
<dc:language>{escaped(text.language)}</dc:language>
<dcterms:created xsi:type="dcterms:W3CDTF">{modified}</dcterms:created>
<dcterms:modified xsi:type="dcterms:W3CDTF">{modified}</dcterms:modified>
</cp:coreProperties>
"""


def numbering(starts: list[tuple[int, int]]) -> str:
    """Bullets as list 1, then an ordered list for each of `starts`: its level, its first number."""
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>'
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        "</w:num>\n"
        for number, (level, start) in enumerate(starts, 2)
    )
    return f"""{XML_HEAD}\
<w:numbering {W}>
<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>
{"".join(_level(n, "bullet", "•") for n in range(DEEPEST_LIST + 1))}</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>
{"".join(_level(n, "decimal", f"%{n + 1}.") for n in range(DEEPEST_LIST + 1))}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
{lists}</w:numbering>
"""


def _level(level: int, kind: str, sign: str) -> str:
    left = 720 * (level + 1)
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{left}" w:hanging="360"/></w:pPr></w:lvl>\n'
    )


def styles(text: FormattedText, profile: ExportProfile) -> str:
    """Every style, as the profile has it."""
    font = escaped("Times New Roman" if profile.font == "serif" else profile.font)
    half = round(profile.size_pt * 2)
    line = round(profile.line_spacing * 240)
    gap = round(profile.gap_pt * 20)
    align = '<w:jc w:val="both"/>' if profile.is_justified else ""
    indent = f'<w:ind w:firstLine="{twips(profile.indent_cm)}"/>' if profile.indent_cm else ""
    above = '<w:spacing w:before="4800" w:after="240"/>'
    flat = '<w:ind w:firstLine="0"/>'
    middle = f'{flat}<w:jc w:val="center"/>'
    code = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
    heads = "".join(_heading(level, half) for level in range(1, 7))
    more = "".join(
        _paragraph(f"ListContinue{n}", "List Continue" + (" " + str(n) if n > 1 else ""),
                   f'<w:ind w:left="{720 * n}" w:firstLine="0"/>')
        for n in range(1, DEEPEST_LIST + 2)
    )  # fmt: skip
    return f"""{XML_HEAD}\
<w:styles {W}>
<w:docDefaults><w:rPrDefault><w:rPr>
<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>
<w:sz w:val="{half}"/><w:szCs w:val="{half}"/><w:lang w:val="{escaped(text.language)}"/>
</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>
<w:pPr><w:spacing w:after="{gap}" w:line="{line}" w:lineRule="auto"/>{indent}{align}</w:pPr>
</w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
<w:name w:val="Default Paragraph Font"/></w:style>
{heads}{_paragraph("FirstParagraph", "First Paragraph", flat)}\
{_paragraph("Title", "Title", above + middle, _big(half, 8))}\
{_paragraph("Subtitle", "Subtitle", middle)}\
{_paragraph("Contact", "Contact", f'<w:spacing w:line="240" w:lineRule="auto"/>{flat}')}\
{_paragraph("TOCHeading", "TOC Heading", flat, _big(half, 4))}\
{_paragraph("TOC1", "toc 1", flat)}\
{_paragraph("SceneBreak", "Scene Break", f'<w:spacing w:before="240" w:after="240"/>{middle}')}\
{_paragraph("Quote", "Quote", '<w:ind w:left="720" w:right="720" w:firstLine="0"/>')}\
{_paragraph("ListParagraph", "List Paragraph", flat)}{more}\
{_paragraph("SourceCode", "Source Code", f'{flat}<w:jc w:val="left"/>', code)}\
{
        _paragraph(
            "Header",
            "header",
            f'<w:spacing w:line="240" w:lineRule="auto"/>{flat}<w:jc w:val="right"/>',
        )
    }\
{
        _paragraph(
            "FootnoteText",
            "footnote text",
            f'<w:spacing w:line="240" w:lineRule="auto"/>{flat}',
            f'<w:sz w:val="{half - 4}"/>',
        )
    }\
{_character("FootnoteReference", "footnote reference", '<w:vertAlign w:val="superscript"/>')}\
{_character("VerbatimChar", "Verbatim Char", code)}\
{_character("Hyperlink", "Hyperlink", '<w:color w:val="0563C1"/><w:u w:val="single"/>')}\
</w:styles>
"""


def _big(half: int, more: int) -> str:
    """A larger letter, in half points."""
    return f'<w:b/><w:sz w:val="{half + more}"/><w:szCs w:val="{half + more}"/>'


def _heading(level: int, half: int) -> str:
    page = "<w:pageBreakBefore/>" if level == 1 else ""
    before = 1440 if level == 1 else 360
    return _paragraph(
        f"Heading{level}",
        "heading " + str(level),
        f'<w:keepNext/>{page}<w:spacing w:before="{before}" w:after="240"/>'
        f'<w:ind w:firstLine="0"/><w:jc w:val="left"/><w:outlineLvl w:val="{level - 1}"/>',
        _big(half, max(0, 8 - 2 * level)),
        "FirstParagraph",
    )


def _paragraph(style: str, name: str, layout: str, look: str = "", following: str = "") -> str:
    after = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/>{after}<w:qFormat/>'
        f"<w:pPr>{layout}</w:pPr><w:rPr>{look}</w:rPr></w:style>\n"
    )


def _character(style: str, name: str, look: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{style}"><w:name w:val="{name}"/>'
        f"<w:rPr>{look}</w:rPr></w:style>\n"
    )
