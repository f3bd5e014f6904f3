"""Sixty answers as models give them, each with the passage and with what of it is the answer."""

from __future__ import annotations

FERRY = "The ferry did not sail on Monday. Forty passengers slept in the school."
SHORT = "The ferry stayed. Forty people slept in the school."
SPEECH = "“We stay,” said the captain. “The sea is too high.”"
SPOKEN = "“We are staying,” the captain said. “Look at that sea.”"
PLAIN = '"We stay," said the captain. "The sea is too high."'
SAID = '"We are staying," the captain said. "Look at that sea."'
TWO = "It rained.\n\nShe went home."
LONG = "Rain fell on the road.\n\nShe walked home through it."
CODE = "Run this:\n\n```sh\nls\n```"
FIRST = "I closed the door. I kept my coat on."
MADE = "I shut the door.\n\nI kept my coat on, and I made my way to the window."
SHIP = "渡轮星期一没有开。四十个乘客睡在学校里。"
RIDE = "渡轮停航了。四十人在学校过夜。"
TALK = "“我们留下，”船长说。“浪太大了。”"
TOLD = "“留下吧，”船长说，“浪太高。”"

ANSWERS: tuple[tuple[str, str, str], ...] = (
    # Greetings
    (FERRY, f"Sure, here is the shortened version:\n\n{SHORT}", SHORT),
    (FERRY, f"Sure! Here's the rewritten text:\n{SHORT}", SHORT),
    (FERRY, f"Certainly! Here is a shorter version of your passage: {SHORT}", SHORT),
    (FERRY, f"Of course.\n\n{SHORT}", SHORT),
    (FERRY, f"Okay, here's the revised passage:\n\n{SHORT}", SHORT),
    (FERRY, f"I'd be happy to help! Here is the passage in other words:\n\n{SHORT}", SHORT),
    (FERRY, f"Here you go:\n\n{SHORT}", SHORT),
    (FERRY, f"I've shortened the passage:\n\n{SHORT}", SHORT),
    (FERRY, f"The rewritten passage, about half as long, is the following version: {SHORT}", SHORT),
    (FERRY, f"Certainly!\n\nHere is the text:\n\n{SHORT}\n\nI hope this helps!", SHORT),
    (SHIP, f"好的，以下是改写后的文本：\n\n{RIDE}", RIDE),
    (SHIP, f"当然可以！下面是缩写后的版本：{RIDE}", RIDE),
    (SHIP, f"以下是精简后的内容：\n{RIDE}", RIDE),
    (SHIP, f"没问题。\n\n{RIDE}", RIDE),
    (SHIP, f"好的！我已将这段文字缩短如下：\n{RIDE}", RIDE),
    # Labels
    (FERRY, f"Rewritten text: {SHORT}", SHORT),
    (FERRY, f"**Shortened version:** {SHORT}", SHORT),
    (FERRY, f"### Rewritten Passage:\n\n{SHORT}", SHORT),
    (FERRY, f"Shorter: {SHORT}", SHORT),
    (FERRY, f"Original: {FERRY}\n\nRewritten: {SHORT}", SHORT),
    (FERRY, f"**Original text:**\n{FERRY}\n\n**Revised text:**\n{SHORT}", SHORT),
    (SHIP, f"改写：{RIDE}", RIDE),
    (SHIP, f"修改后的文本：\n{RIDE}", RIDE),
    (SHIP, f"原文：{SHIP}\n改写后：{RIDE}", RIDE),
    # Code fences and other marks
    (FERRY, f"```\n{SHORT}\n```", SHORT),
    (FERRY, f"```text\n{SHORT}\n```\n\nI removed a few words.", SHORT),
    (FERRY, f"Here is the passage:\n\n```markdown\n{SHORT}\n```", SHORT),
    (FERRY, f"~~~\n{SHORT}\n~~~", SHORT),
    (CODE, "Do this:\n\n```sh\nls -l\n```", "Do this:\n\n```sh\nls -l\n```"),
    (FERRY, f"<rewritten>{SHORT}</rewritten>", SHORT),
    (FERRY, f"<text>\n{SHORT}\n</text>\nDone.", SHORT),
    (FERRY, f"---\n{SHORT}\n---", SHORT),
    (FERRY, f"{SHORT}<|im_end|>", SHORT),
    (FERRY, f"{SHORT}</s>\nuser: more", SHORT),
    (FERRY, f"**{SHORT}**", SHORT),
    # Quotation marks
    (FERRY, f'"{SHORT}"', SHORT),
    (FERRY, f"“{SHORT}”", SHORT),
    (FERRY, f"«{SHORT}»", SHORT),
    (FERRY, f"'{SHORT}'", SHORT),
    (SHIP, f"“{RIDE}”", RIDE),
    (SHIP, f"「{RIDE}」", RIDE),
    (SPEECH, SPOKEN, SPOKEN),
    (PLAIN, SAID, SAID),
    (TALK, TOLD, TOLD),
    (FERRY, f"“Stay,” he said. {SHORT} “Good.”", f"“Stay,” he said. {SHORT} “Good.”"),
    # Thoughts
    (FERRY, f"<think>Shorter, then. About half.</think>\n\n{SHORT}", SHORT),
    (FERRY, f"<think>\n\n</think>\n\n{SHORT}", SHORT),
    (FERRY, f"The user wants it shorter.\n</think>\n{SHORT}", SHORT),
    (FERRY, "<think>It should be shorter, so I", ""),
    (SHIP, f"<think>用户想要更短的文本。</think>好的，以下是缩写：\n{RIDE}", RIDE),
    (FERRY, f'[THINK]Hm.[/THINK]Sure, here is the text:\n\n"{SHORT}"', SHORT),
    # Closing words
    (FERRY, f"{SHORT}\n\nLet me know if you want it shorter still.", SHORT),
    (FERRY, f"{SHORT}\n\n(Note: I kept the number of passengers.)", SHORT),
    (TWO, f"{LONG}\n\n**Changes made:**\n- More detail\n- Same events", LONG),
    (SHIP, f"{RIDE}\n\n希望这个版本符合您的要求！", RIDE),
    (FIRST, MADE, MADE),
    # Nothing, the same, half a sentence, another language
    (FERRY, "", ""),
    (FERRY, FERRY, FERRY),
    (FERRY, "The ferry stayed. Forty people slept in", "The ferry stayed. Forty people slept in"),
    (FERRY, RIDE, RIDE),
)
