"""What models put around an answer, as patterns: thoughts, greetings, labels, closing words."""

from __future__ import annotations

import re

THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|channel>thought", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ("◁think▷", "◁/think▷"),
)
"""What a model's thoughts begin and end with."""

MARKS = re.compile(
    r"<\|(?:im_end|im_start|eot_id|end|endoftext|eom_id|end_of_text|return|user|assistant)\|>"
    r"|</s>|<s>|<end_of_turn>|<start_of_turn>|<eos>|<\|END_OF_TURN_TOKEN\|>|\[/INST\]"
    r"|<｜end▁of▁sentence｜>"
)
"""Control tokens that are written out as text: what follows one is no answer."""

MARK_BEGINS = re.compile(r"<(?:[|｜/][^\s<>]{0,30}|(?:end|start)_?[a-z_]{0,12}|eos?|s)?$")
"""The end of a text that may become one of them."""

_KIND = (
    r"(?:re-?written|re-?phrased|revised|corrected|shortened|condensed|shorter|expanded|longer"
    r"|improved|edited|translated|polished|updated|modified|summari[sz]ed|new|final|better"
    r"|simplified|concise|proofread|enhanced|suggested|possible|following|requested|fixed)"
)
_THING = (
    r"(?:version|text|passage|paragraph|paragraphs|sentence|sentences|translation|summary|title"
    r"|titles|outline|questions?|explanation|rewrite|revision|continuation|answer|output|response"
    r"|result|excerpt|draft|story|scene|correction|corrections|list|dialogue|description)"
)
_HERE = (
    r"(?:here(?:['’]s| is| are| you go)|this is|below (?:is|are)|the following (?:is|are)"
    r"|i(?:['’]ve| have) (?:rewritten|re-?phrased|revised|corrected|shortened|expanded|translated"
    r"|summari[sz]ed|edited|improved|made|kept|put|changed|written|fixed))"
)
_YES = (
    r"(?:sure(?: thing)?|certainly|of course|absolutely|gladly|no problem|with pleasure"
    r"|definitely|happy to help|i['’]d be happy to(?: help)?(?: you)?(?: with that)?"
    r"|i can help(?: you)? with that|understood|got it)"
)
_WELL = r"(?:okay|ok|alright|all right|great|yes|very well|thank you|thanks)"
_YES_ZH = (
    r"(?:好的|当然(?:可以)?|没问题|可以的?|明白(?:了)?|收到|当然没问题|很高兴(?:为您|能)?(?:效劳|帮忙|帮助您?)?"
    r"|非常乐意|乐意效劳)"
)
_HERE_ZH = (
    r"(?:以下(?:是|为|就是)|下面(?:是|为|就是)|这(?:里)?是|这就是"
    r"|我(?:已经?|来|为您)(?:帮您|将|把)?)"
)
_THING_ZH = (
    r"(?:改写|修改|修正|润色|缩写|精简|压缩|扩写|扩展|翻译|译文|总结|摘要|概括|概要|标题|大纲|提纲|问题|解释|说明|续写"
    r"|重写|纠正|校对|更正|版本|文本|内容|段落|结果|文字|答案|简短|简洁)"
)

GREETING = re.compile(
    rf"(?:(?:{_YES}|{_WELL})[,.!:;—–-]*\s*)?{_HERE}\b"
    rf"(?:[^\n:：]{{0,100}}?\b{_THING}\b[^\n:：]{{0,100}}[:：]|[^\n]{{0,160}}?[:：](?=[*_]*\s*\n))"
    rf"|{_YES}[,.!;—–-]+\s*[^\n]{{0,120}}?[:：](?=[*_]*\s*\n)"
    rf"|the {_KIND}[^\n:：]{{0,60}}{_THING}[^\n:：]{{0,60}}[:：]"
    rf"|{_YES_ZH}[，,。！!：:、\s]*(?:{_HERE_ZH}[^\n：:]{{0,60}}[：:])"
    rf"|{_HERE_ZH}[^\n：:。]{{0,40}}{_THING_ZH}[^\n：:。]{{0,40}}[：:]"
    rf"|{_YES_ZH}[，,。！!]+[^\n：:]{{0,60}}[：:](?=\s*\n)",
    re.IGNORECASE,
)
"""A sentence that announces the answer, up to its colon.

Where the answer follows in the same line it has to name the answer, as prose may have colons, too.
"""

CALL = re.compile(
    rf"(?:{_YES}(?:[,.!]+[^\S\n]*[^\n.!?:]{{0,80}})?[.!]+"
    rf"|{_HERE}[^\n:]{{0,100}}?\b{_THING}\b[^\n:.]{{0,40}}\."
    rf"|{_YES_ZH}(?:[，,][^\n。！]{{0,40}})?[。！!]+)[^\S\n]*\n+",
    re.IGNORECASE,
)
"""A line that says yes and no more."""

BEGINS_WITH_YES = re.compile(rf"(?:{_YES}|{_WELL}|{_YES_ZH})\b", re.IGNORECASE)
SENTENCE_ENDS = re.compile(r"[.!?]\s|[。！？]")

ORIGINAL = re.compile(
    r"[#>\s]*[*_]{0,3}"
    r"(?:(?:the )?(?:original|text|passage|input)(?: (?:text|passage|version))?|原文)"
    r"[*_]{0,3}\s*[:：]",
    re.IGNORECASE,
)
"""The label of the passage, where an answer begins with the passage itself."""

LABEL = re.compile(
    rf"[#>\s]*[*_]{{0,3}}(?:the |your |my )?"
    rf"(?:(?:{_KIND}\s+)?{_THING}(?:\s+(?:in|into) \w+)?|(?:{_KIND})|rewrite"
    rf"|(?:改写|修改|修正|润色|缩写|精简|扩写|翻译|续写|重写|校对|纠正)后?(?:的?(?:文本|内容|版本|段落|文字|结果|句子))?"
    rf"|译文|摘要|总结|概要|标题|大纲|提纲|答案|问题|解释)[*_]{{0,3}}\s*[:：][*_]{{0,3}}",
    re.IGNORECASE,
)
"""A label before the answer, as in "Rewritten text:"."""

_WORDING = (
    r"(?:text|passage|paragraphs?|sentences?|words?|wording|grammar|grammatical|spelling|punctuation"
    r"|tense|tone|version|phrases?|phrasing|errors?|mistakes?|meaning|original)"
)
_ANSWER_ZH = r"(?:文本|版本|内容|翻译|译文|改写|修改|润色|摘要|总结|标题|大纲|续写|文字|段落|结果)"
CLOSING = re.compile(
    r"(?:\n[^\S\n]*\n|\n(?=[^\S\n]*[*_]{0,3}\(?(?:note|changes|explanation|注|说明)))[^\S\n]*[*_(\[]{0,3}"
    r"(?:i hope (?:this|that|it)\b[^\n]*\b"
    r"(?:helps?|meets|works|captures|suits|useful|helpful|better)\b"
    r"|hope (?:this|that|it) helps|(?:please )?let me know (?:if|whether|what|how|should)\b"
    r"|(?:please )?feel free to\b"
    r"|if you(?:['’]d| would| need| want| have)\b[^\n]*\b"
    r"(?:let me know|just ask|feel free|please ask)\b"
    r"|would you like me to\b|do you want me to\b|is there anything else (?:i|you)\b"
    r"|notes?(?: that)?\s*[:：]|explanation\s*[:：]|(?:key |main )?changes(?: i)?(?: made)?\s*[:：]"
    r"|(?:what|why) i changed\b|word count\b"
    rf"|i(?:['’]ve| have)? (?:changed|made|corrected|replaced|kept|removed|shortened|rewrote"
    rf"|rewritten|added|adjusted|fixed|used|tried to)\b[^\n]*\b{_WORDING}\b"
    rf"|(?:in )?(?:this|the) (?:version|rewrite|revision|translation|revised|rewritten|corrected)\b"
    rf"[^\n]*\b{_WORDING}\b"
    r"|希望[^\n]*(?:帮助|满意|符合|要求|需求|有用|喜欢)|如[^\n]*(?:告诉我|告知|随时|请提出|联系)|需要我[^\n]*[吗？]"
    r"|请随时[^\n]*(?:告诉|告知|联系)|(?:修改|改动|改写)?说明\s*[：:]|注\s*[：:]|备注\s*[：:]|解释\s*[：:]"
    rf"|(?:主要)?(?:修改|改动)(?:之处|如下|内容|点)?\s*[：:]|以上(?:是|就是|为)[^\n]*{_ANSWER_ZH})",
    re.IGNORECASE,
)
"""Where a paragraph begins in which a model talks about its answer."""

QUOTES = {
    '"': '"',
    "“": "”",
    "”": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "'": "'",
    "‘": "’",
    "`": "`",
}
"""What opens a quotation, and what may close it."""

FENCE = re.compile(r"(`{3,}|~{3,})[^\n`]*\n")
TAGS = re.compile(
    r"<(text|passage|rewritten|rewrite|answer|output|result|selection|revised|translation|response)>",
    re.IGNORECASE,
)
RULE = re.compile(r"(?:[-*_=]{3,})[^\S\n]*\n+")
RULE_END = re.compile(r"\n+[^\S\n]*(?:[-*_=]{3,})\s*$")

HEADS = (
    "sure", "certainly", "of course", "absolutely", "okay", "ok", "alright", "all right", "great",
    "gladly", "no problem", "here", "this is", "below", "the following", "the re", "the corrected",
    "the short", "the expanded", "i've", "i have", "i’ve", "understood", "got it", "yes",
    "original", "text", "passage", "the passage", "the text", "the original", "input", "原文",
    "definitely", "happy to", "i'd be", "i can help", "rewritten", "revised", "corrected",
    "shortened", "translation", "summary", "title", "answer", "output", "好的", "当然", "没问题",
    "可以", "以下", "下面", "这是", "这里是", "我已", "我来", "改写", "修改", "润色", "译文",
    "翻译", "摘要", "明白",
    *(begin.casefold() for begin, _end in THOUGHTS),
)  # fmt: skip
"""Beginnings, in small letters, of what may become a greeting, a label or thoughts."""
