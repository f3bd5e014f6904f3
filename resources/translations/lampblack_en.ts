<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en">
<context>
    <name>BackupsDialog</name>
    <message numerus="yes">
        <source>{0} documents with versions</source>
        <translation>
            <numerusform>{0} document with versions</numerusform>
            <numerusform>{0} documents with versions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} takes</source>
        <translation>
            <numerusform>{0} take</numerusform>
            <numerusform>{0} takes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} versions</source>
        <translation>
            <numerusform>{0} version</numerusform>
            <numerusform>{0} versions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookEdits</name>
    <message numerus="yes">
        <source>“{0}” was removed, with {1} texts.</source>
        <translation>
            <numerusform>“{0}” was removed, with {1} text.</numerusform>
            <numerusform>“{0}” was removed, with {1} texts.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookModel</name>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookPage</name>
    <message numerus="yes">
        <source>{0} words in the book</source>
        <translation>
            <numerusform>{0} word in the book</numerusform>
            <numerusform>{0} words in the book</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookQuestions</name>
    <message numerus="yes">
        <source>There is no book in it yet, but {0} texts. Their order is written into one small file beside them; nothing is renamed or changed.</source>
        <translation>
            <numerusform>There is no book in it yet, but {0} text. Its place is written into one small file beside it; nothing is renamed or changed.</numerusform>
            <numerusform>There is no book in it yet, but {0} texts. Their order is written into one small file beside them; nothing is renamed or changed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangeBar</name>
    <message numerus="yes">
        <source>{0} changes are open.</source>
        <translation>
            <numerusform>{0} change is open.</numerusform>
            <numerusform>{0} changes are open.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} changes by {1} are open.</source>
        <translation>
            <numerusform>{0} change by {1} is open.</numerusform>
            <numerusform>{0} changes by {1} are open.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} writes. {1} changes so far.</source>
        <translation>
            <numerusform>{0} writes. {1} change so far.</numerusform>
            <numerusform>{0} writes. {1} changes so far.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangeKeeper</name>
    <message numerus="yes">
        <source>{0} proposed changes do not fit this text any more. They are kept in All Takes.</source>
        <translation>
            <numerusform>{0} proposed change does not fit this text any more. It is kept in All Takes.</numerusform>
            <numerusform>{0} proposed changes do not fit this text any more. They are kept in All Takes.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangesController</name>
    <message numerus="yes">
        <source>Accept {0} Changes in the Selection</source>
        <translation>
            <numerusform>Accept {0} Change in the Selection</numerusform>
            <numerusform>Accept {0} Changes in the Selection</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject {0} Changes in the Selection</source>
        <translation>
            <numerusform>Reject {0} Change in the Selection</numerusform>
            <numerusform>Reject {0} Changes in the Selection</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} changes accepted. Undo opens them again.</source>
        <translation>
            <numerusform>{0} change accepted. Undo opens it again.</numerusform>
            <numerusform>{0} changes accepted. Undo opens them again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} changes rejected. Undo opens them again.</source>
        <translation>
            <numerusform>{0} change rejected. Undo opens it again.</numerusform>
            <numerusform>{0} changes rejected. Undo opens them again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContextController</name>
    <message numerus="yes">
        <source>{0} entries were added.</source>
        <translation>
            <numerusform>{0} entry was added.</numerusform>
            <numerusform>{0} entries were added.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversionController</name>
    <message numerus="yes">
        <source>%n image(s) were left out.</source>
        <translation>
            <numerusform>%n image was left out.</numerusform>
            <numerusform>%n images were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) were sent to the printer.</source>
        <translation>
            <numerusform>%n page was sent to the printer.</numerusform>
            <numerusform>%n pages were sent to the printer.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DifferenceView</name>
    <message numerus="yes">
        <source>{0} words without a change</source>
        <translation>
            <numerusform>{0} word without a change</numerusform>
            <numerusform>{0} words without a change</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>{0} pages are set…</source>
        <translation>
            <numerusform>{0} page is set…</numerusform>
            <numerusform>{0} pages are set…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldController</name>
    <message numerus="yes">
        <source>%n sections are folded; Ctrl+. shows the one at the cursor.</source>
        <translation>
            <numerusform>%n section is folded; Ctrl+. shows it again.</numerusform>
            <numerusform>%n sections are folded; Ctrl+. shows the one at the cursor.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sections folded.</source>
        <translation>
            <numerusform>%n section folded.</numerusform>
            <numerusform>%n sections folded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Folding</name>
    <message numerus="yes">
        <source>Folded, with {0} words out of sight.</source>
        <translation>
            <numerusform>Folded, with {0} word out of sight.</numerusform>
            <numerusform>Folded, with {0} words out of sight.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n image(s) were left out.</source>
        <translation>
            <numerusform>%n image was left out.</numerusform>
            <numerusform>%n images were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tracked change(s) of formatting are accepted.</source>
        <translation>
            <numerusform>%n tracked change of formatting is accepted.</numerusform>
            <numerusform>%n tracked changes of formatting are accepted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} chapters</source>
        <translation>
            <numerusform>{0} chapter</numerusform>
            <numerusform>{0} chapters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InfluenceDialog</name>
    <message numerus="yes">
        <source>{0} of {1} parts</source>
        <translation>
            <numerusform>{0} of {1} part</numerusform>
            <numerusform>{0} of {1} parts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of {1} parts were left out so far; the rest is not known.</source>
        <translation>
            <numerusform>{0} of {1} part was left out so far; the rest is not known.</numerusform>
            <numerusform>{0} of {1} parts were left out so far; the rest is not known.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs at the beginning have no room.</source>
        <translation>
            <numerusform>{0} paragraph at the beginning has no room.</numerusform>
            <numerusform>{0} paragraphs at the beginning have no room.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} parts are left out, one after the other.</source>
        <translation>
            <numerusform>{0} part is left out.</numerusform>
            <numerusform>{0} parts are left out, one after the other.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} parts are to be left out, one after the other.</source>
        <translation>
            <numerusform>{0} part is to be left out.</numerusform>
            <numerusform>{0} parts are to be left out, one after the other.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InfluenceWords</name>
    <message numerus="yes">
        <source>about {0} minutes</source>
        <translation>
            <numerusform>about {0} minute</numerusform>
            <numerusform>about {0} minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about {0} seconds</source>
        <translation>
            <numerusform>about {0} second</numerusform>
            <numerusform>about {0} seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs above</source>
        <translation>
            <numerusform>{0} paragraph above</numerusform>
            <numerusform>{0} paragraphs above</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message numerus="yes">
        <source>{0} components</source>
        <translation>
            <numerusform>{0} component</numerusform>
            <numerusform>{0} components</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LookForm</name>
    <message numerus="yes">
        <source>%n image(s) will be left out.</source>
        <translation>
            <numerusform>%n image will be left out.</numerusform>
            <numerusform>%n images will be left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message numerus="yes">
        <source>{0} models, {1} on disk</source>
        <translation>
            <numerusform>{0} model, {1} on disk</numerusform>
            <numerusform>{0} models, {1} on disk</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PartWords</name>
    <message numerus="yes">
        <source>named {0} paragraphs above</source>
        <translation>
            <numerusform>named {0} paragraph above</numerusform>
            <numerusform>named {0} paragraphs above</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs before the cursor</source>
        <translation>
            <numerusform>{0} paragraph before the cursor</numerusform>
            <numerusform>{0} paragraphs before the cursor</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} tokens</source>
        <translation>
            <numerusform>{0} token</numerusform>
            <numerusform>{0} tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message numerus="yes">
        <source>A passphrase has at least %n character(s).</source>
        <translation>
            <numerusform>A passphrase has at least %n character.</numerusform>
            <numerusform>A passphrase has at least %n characters.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PassphraseSection</name>
    <message numerus="yes">
        <source>%n file(s) could not be encrypted yet: Lampblack tries again at each start.</source>
        <translation>
            <numerusform>%n file could not be encrypted yet: Lampblack tries again at each start.</numerusform>
            <numerusform>%n files could not be encrypted yet: Lampblack tries again at each start.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PrintDialog</name>
    <message numerus="yes">
        <source>{0} pages are sent…</source>
        <translation>
            <numerusform>{0} page is sent…</numerusform>
            <numerusform>{0} pages are sent…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} pages are set…</source>
        <translation>
            <numerusform>{0} page is set…</numerusform>
            <numerusform>{0} pages are set…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReplaceDialog</name>
    <message numerus="yes">
        <source>Replace {0} Places</source>
        <translation>
            <numerusform>Replace {0} Place</numerusform>
            <numerusform>Replace {0} Places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} place</numerusform>
            <numerusform>{0} places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} text</numerusform>
            <numerusform>{0} texts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Replacer</name>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} place</numerusform>
            <numerusform>{0} places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} text</numerusform>
            <numerusform>{0} texts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} place</numerusform>
            <numerusform>{0} places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunDetails</name>
    <message numerus="yes">
        <source>{0} runs beside each other</source>
        <translation>
            <numerusform>{0} run</numerusform>
            <numerusform>{0} runs beside each other</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsDialog</name>
    <message numerus="yes">
        <source>Move {0} runs to the trash?</source>
        <translation>
            <numerusform>Move {0} run to the trash?</numerusform>
            <numerusform>Move {0} runs to the trash?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SaveRetry</name>
    <message numerus="yes">
        <source>{0} had %n other names on this disk, which keep what it held before. It has a file of its own now.</source>
        <translation>
            <numerusform>{0} had another name on this disk, a hard link, which keeps what it held before. It has a file of its own now.</numerusform>
            <numerusform>{0} had %n other names on this disk, hard links, which keep what it held before. It has a file of its own now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchPage</name>
    <message numerus="yes">
        <source>Reading {0} texts…</source>
        <translation>
            <numerusform>Reading {0} text…</numerusform>
            <numerusform>Reading {0} texts…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} place</numerusform>
            <numerusform>{0} places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} text</numerusform>
            <numerusform>{0} texts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SetupPage</name>
    <message numerus="yes">
        <source>{0} in {1} files.</source>
        <translation>
            <numerusform>{0} in {1} file.</numerusform>
            <numerusform>{0} in {1} files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpellingDialog</name>
    <message numerus="yes">
        <source>%n words are not in the dictionary.</source>
        <translation>
            <numerusform>%n word is not in the dictionary.</numerusform>
            <numerusform>%n words are not in the dictionary.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} · %n times</source>
        <translation>
            <numerusform>{0} · once</numerusform>
            <numerusform>{0} · %n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpokenTake</name>
    <message numerus="yes">
        <source>The model has written {0} words.</source>
        <translation>
            <numerusform>The model has written {0} word.</numerusform>
            <numerusform>The model has written {0} words.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} word</numerusform>
            <numerusform>{0} words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TakeCard</name>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n word</numerusform>
            <numerusform>%n words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnlockForm</name>
    <message numerus="yes">
        <source>Wait %n second(s).</source>
        <translation>
            <numerusform>Wait %n second.</numerusform>
            <numerusform>Wait %n seconds.</numerusform>
        </translation>
    </message>
</context>
</TS>
