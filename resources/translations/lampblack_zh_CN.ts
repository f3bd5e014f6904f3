<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>About Lampblack</source>
        <translation>关于 Lampblack</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>采纳</translation>
    </message>
    <message>
        <source>Accept All Changes</source>
        <translation>接受全部修改</translation>
    </message>
    <message>
        <source>Accept Change</source>
        <translation>接受修改</translation>
    </message>
    <message>
        <source>Adapters…</source>
        <translation>适配器…</translation>
    </message>
    <message>
        <source>Add Server…</source>
        <translation>添加服务器…</translation>
    </message>
    <message>
        <source>All Parameters</source>
        <translation>所有参数</translation>
    </message>
    <message>
        <source>All Takes…</source>
        <translation>所有候选稿…</translation>
    </message>
    <message>
        <source>Append the next text of the book to this one</source>
        <translation>把书中的下一篇文本接在这一篇之后</translation>
    </message>
    <message>
        <source>Attach LoRA adapters to the loaded model, or take them off</source>
        <translation>为已载入的模型挂上或取下 LoRA 适配器</translation>
    </message>
    <message>
        <source>Backups of the Store…</source>
        <translation>存储的备份…</translation>
    </message>
    <message>
        <source>Begin a book in a folder of its own</source>
        <translation>在单独的文件夹中开始一本书</translation>
    </message>
    <message>
        <source>Begin an empty manuscript</source>
        <translation>新建一份空白稿件</translation>
    </message>
    <message>
        <source>Change Before</source>
        <translation>上一处修改</translation>
    </message>
    <message>
        <source>Change how Lampblack looks and works</source>
        <translation>更改 Lampblack 的外观和工作方式</translation>
    </message>
    <message>
        <source>Change the server in use: its key, its model, its masking</source>
        <translation>更改正在使用的服务器：密钥、模型和脱敏</translation>
    </message>
    <message>
        <source>Check Spelling</source>
        <translation>检查拼写</translation>
    </message>
    <message>
        <source>Choose a smaller model that guesses ahead for it</source>
        <translation>选择一个较小的模型，替它提前猜词</translation>
    </message>
    <message>
        <source>Choose the document&apos;s language, and see its unknown words and your own</source>
        <translation>选择文档的语言，查看其中的生词和自己的词</translation>
    </message>
    <message>
        <source>Close Lampblack</source>
        <translation>关闭 Lampblack</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>续写</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selection</source>
        <translation>复制所选文字</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>Cut the selection</source>
        <translation>剪切所选文字</translation>
    </message>
    <message>
        <source>Delete this document&apos;s file; it stays in the trash for 30 days</source>
        <translation>删除此文档的文件；它会在回收站中保留 30 天</translation>
    </message>
    <message>
        <source>Dim all text but the paragraph that the cursor is in</source>
        <translation>淡化光标所在段落以外的全部文字</translation>
    </message>
    <message>
        <source>Dim all text but the sentence that the cursor is in</source>
        <translation>淡化光标所在句子以外的全部文字</translation>
    </message>
    <message>
        <source>Do it again</source>
        <translation>恢复刚撤销的操作</translation>
    </message>
    <message>
        <source>Does It Fit?…</source>
        <translation>内存够用吗？…</translation>
    </message>
    <message>
        <source>Draft Model…</source>
        <translation>草稿模型…</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Edit Server…</source>
        <translation>编辑服务器…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Fetch a small model to begin with</source>
        <translation>下载一个小模型，先用起来</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Fill the screen with the page</source>
        <translation>让稿纸占满屏幕</translation>
    </message>
    <message>
        <source>Find Next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find Previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Find an action for the selected text: shorten it, translate it, summarise it and more</source>
        <translation>为所选文字找一个操作：缩短、翻译、摘要等</translation>
    </message>
    <message>
        <source>Find out again how the model runs fastest on this machine</source>
        <translation>重新测试这个模型在本机怎样跑得最快</translation>
    </message>
    <message>
        <source>Find out in some seconds what it is good for, and how fast it is here</source>
        <translation>用几秒钟试出它擅长什么、在本机有多快</translation>
    </message>
    <message>
        <source>Find words in the manuscript</source>
        <translation>在稿件中查找文字</translation>
    </message>
    <message>
        <source>Find words in the manuscript and put others in their place</source>
        <translation>在稿件中查找文字并替换</translation>
    </message>
    <message>
        <source>Find words in this book, in recent texts, in other books and in every take</source>
        <translation>在本书、最近的文本、其他书和所有候选稿中查找</translation>
    </message>
    <message>
        <source>Find, download, check and remove models</source>
        <translation>查找、下载、校验和移除模型</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>查找…</translation>
    </message>
    <message>
        <source>Focus on the Paragraph</source>
        <translation>专注于段落</translation>
    </message>
    <message>
        <source>Focus on the Sentence</source>
        <translation>专注于句子</translation>
    </message>
    <message>
        <source>Fold or Unfold</source>
        <translation>折叠或展开</translation>
    </message>
    <message>
        <source>Fold or Unfold All</source>
        <translation>全部折叠或展开</translation>
    </message>
    <message>
        <source>Fold what belongs to every heading, or show all of it again</source>
        <translation>折叠每个标题下的内容，或重新全部显示</translation>
    </message>
    <message>
        <source>Fold what belongs to the heading at the cursor, or show it again; nothing of the text changes</source>
        <translation>折叠光标所在标题下的内容，或重新显示；文本不会有任何改变</translation>
    </message>
    <message>
        <source>Full Screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Get the Starter Model…</source>
        <translation>获取入门模型…</translation>
    </message>
    <message>
        <source>Give the model&apos;s memory back</source>
        <translation>释放模型占用的内存</translation>
    </message>
    <message>
        <source>Give what is selected in the book another title</source>
        <translation>给书中选中的条目换一个标题</translation>
    </message>
    <message>
        <source>Go back to the part of the window before</source>
        <translation>回到窗口的上一个区域</translation>
    </message>
    <message>
        <source>Go on to the line for instructions, the side panel, the status bar and back to the page; Tab goes on within a part</source>
        <translation>依次转到指令行、侧边栏、状态栏，再回到稿纸；Tab 键在区域内移动</translation>
    </message>
    <message>
        <source>Go to the next change that the model proposes</source>
        <translation>转到模型建议的下一处修改</translation>
    </message>
    <message>
        <source>Go to the next place found</source>
        <translation>跳到下一处</translation>
    </message>
    <message>
        <source>Go to the next word that the dictionary does not have</source>
        <translation>转到下一个词典中没有的词</translation>
    </message>
    <message>
        <source>Go to the place before</source>
        <translation>跳到上一处</translation>
    </message>
    <message>
        <source>Go to the proposed change before</source>
        <translation>转到前一处建议的修改</translation>
    </message>
    <message>
        <source>Have the model summarise the whole book, part by part, with links to the passages</source>
        <translation>让模型逐段概括全书，并附上指向各段落的链接</translation>
    </message>
    <message>
        <source>Heat View</source>
        <translation>热度视图</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Hide the text until the passphrase is typed</source>
        <translation>隐藏文字，直到输入口令</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>历史…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Instruction…</source>
        <translation>指令…</translation>
    </message>
    <message>
        <source>Keep it at the top of the list</source>
        <translation>始终排在列表最前面</translation>
    </message>
    <message>
        <source>Keep the line that is written in the middle of the window</source>
        <translation>让正在书写的行保持在窗口中间</translation>
    </message>
    <message>
        <source>Keep this document off every server that is not on this machine</source>
        <translation>这份文档永远不发给本机以外的服务器</translation>
    </message>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Larger Text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Learn My Style…</source>
        <translation>学习我的文风…</translation>
    </message>
    <message>
        <source>Leave the text as it is there, and go on to the next change</source>
        <translation>保留此处原文，并转到下一处修改</translation>
    </message>
    <message>
        <source>Leave the text as it is, everywhere</source>
        <translation>各处都保留原文</translation>
    </message>
    <message>
        <source>Let other programs of this machine use the model; see their requests</source>
        <translation>让本机的其他程序使用这个模型，并查看它们的请求</translation>
    </message>
    <message>
        <source>Let the model go on at the cursor; what it wrote before is accepted</source>
        <translation>让模型从光标处接着写；它之前写的内容视为已采纳</translation>
    </message>
    <message>
        <source>Let the model go on in several ways, side by side below the page, and pick one or parts of several</source>
        <translation>让模型以几种方式续写，并排显示在页面下方，可选用一个，或取几个的部分</translation>
    </message>
    <message>
        <source>Let the model read the selection, or what is in the window, and show in the heat view what surprised it</source>
        <translation>让模型读一遍所选文字或窗口中的文字，并在热度视图中显示出乎它意料之处</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Load the Last Model</source>
        <translation>载入上次的模型</translation>
    </message>
    <message>
        <source>Load the model used last</source>
        <translation>载入上次用过的模型</translation>
    </message>
    <message>
        <source>Load this model and write with it</source>
        <translation>载入这个模型，用它写作</translation>
    </message>
    <message>
        <source>Local Service…</source>
        <translation>本地服务…</translation>
    </message>
    <message>
        <source>Lock Now</source>
        <translation>立即锁定</translation>
    </message>
    <message>
        <source>Make a Smaller Copy…</source>
        <translation>制作小体积副本…</translation>
    </message>
    <message>
        <source>Make a copy of the loaded model in another type, and measure what it costs</source>
        <translation>把已载入的模型另存为别的量化类型，并测出损失多少</translation>
    </message>
    <message>
        <source>Make a copy that takes less room</source>
        <translation>制作一份占用更少的副本</translation>
    </message>
    <message>
        <source>Make every proposed change, as one step</source>
        <translation>作出全部建议的修改，算作一步</translation>
    </message>
    <message>
        <source>Make the change at the cursor, or those within the selection, and go on to the next</source>
        <translation>作出光标处或所选范围内的修改，并转到下一处</translation>
    </message>
    <message>
        <source>Make the text larger</source>
        <translation>把文字放大</translation>
    </message>
    <message>
        <source>Make the text smaller</source>
        <translation>把文字缩小</translation>
    </message>
    <message>
        <source>Make the tinted text your own; editing it or writing on does so too</source>
        <translation>让着色的文字归你所有；修改它或接着写也算采纳</translation>
    </message>
    <message>
        <source>Make what follows the cursor the next scene of the book</source>
        <translation>把光标之后的内容变成书中的下一个场景</translation>
    </message>
    <message>
        <source>Manage Models…</source>
        <translation>管理模型…</translation>
    </message>
    <message>
        <source>Markdown Styles</source>
        <translation>Markdown 样式</translation>
    </message>
    <message>
        <source>Measure This Model Again</source>
        <translation>重新测试这个模型</translation>
    </message>
    <message>
        <source>Memory and Lore</source>
        <translation>记忆与设定</translation>
    </message>
    <message>
        <source>Merge with the Next Scene</source>
        <translation>与下一个场景合并</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model Passport…</source>
        <translation>模型档案…</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Never to Another Machine</source>
        <translation>永不发往其他电脑</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>New Book…</source>
        <translation>新建书…</translation>
    </message>
    <message>
        <source>Next Change</source>
        <translation>下一处修改</translation>
    </message>
    <message>
        <source>Next Part of the Window</source>
        <translation>窗口的下一个区域</translation>
    </message>
    <message>
        <source>Next Take</source>
        <translation>下一稿</translation>
    </message>
    <message>
        <source>Next Unknown Word</source>
        <translation>下一个生词</translation>
    </message>
    <message>
        <source>Normal Text Size</source>
        <translation>默认文字大小</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Open As…</source>
        <translation>用其他编码打开…</translation>
    </message>
    <message>
        <source>Open Book…</source>
        <translation>打开书…</translation>
    </message>
    <message>
        <source>Open a Model File…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>Open a folder of texts as a book, with its parts, chapters and scenes at the left</source>
        <translation>把一个文本文件夹作为书打开，左侧显示其部、章和场景</translation>
    </message>
    <message>
        <source>Open a text or Markdown file</source>
        <translation>打开纯文本或 Markdown 文件</translation>
    </message>
    <message>
        <source>Open the Logs Folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Open this file in another encoding, where its letters are wrong</source>
        <translation>文件出现乱码时，换一种编码重新打开</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Own Actions…</source>
        <translation>自己的操作…</translation>
    </message>
    <message>
        <source>Part Before</source>
        <translation>上一个区域</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Paste as Markdown</source>
        <translation>粘贴为 Markdown</translation>
    </message>
    <message>
        <source>Paste as plain text</source>
        <translation>粘贴为纯文本</translation>
    </message>
    <message>
        <source>Paste formatted text with its headings, emphasis, lists and links as Markdown</source>
        <translation>将带格式的文本连同标题、强调、列表和链接粘贴为 Markdown</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Progress…</source>
        <translation>进度…</translation>
    </message>
    <message>
        <source>Provenance Report…</source>
        <translation>来源报告…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Read every byte and compare its checksum</source>
        <translation>读取每个字节，核对校验和</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Reject All Changes</source>
        <translation>拒绝全部修改</translation>
    </message>
    <message>
        <source>Reject Change</source>
        <translation>拒绝修改</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Rename in the Book…</source>
        <translation>在书中重命名…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Replace…</source>
        <translation>替换…</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重写</translation>
    </message>
    <message>
        <source>Rewrite…</source>
        <translation>改写…</translation>
    </message>
    <message>
        <source>Runs…</source>
        <translation>运行记录…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save the manuscript</source>
        <translation>保存稿件</translation>
    </message>
    <message>
        <source>Save the manuscript under another name</source>
        <translation>把稿件保存到另一个名称</translation>
    </message>
    <message>
        <source>Score the Page</source>
        <translation>为本页评分</translation>
    </message>
    <message>
        <source>Search in Everything…</source>
        <translation>全局搜索…</translation>
    </message>
    <message>
        <source>See deleted documents, read them and restore them</source>
        <translation>查看、阅读并恢复已删除的文档</translation>
    </message>
    <message>
        <source>See earlier versions of this document and what changed since, and restore them</source>
        <translation>查看本文档的早期版本和此后的改动，并可恢复</translation>
    </message>
    <message>
        <source>See every key</source>
        <translation>查看所有快捷键</translation>
    </message>
    <message>
        <source>See every take written for this manuscript</source>
        <translation>查看为这份稿件写过的每一份候选稿</translation>
    </message>
    <message>
        <source>See exactly what the model would be sent now, each part with its tokens and its reason, and how long reading it takes</source>
        <translation>查看此刻会发给模型的全部内容：每一部分的词元数、理由，以及读取要多久</translation>
    </message>
    <message>
        <source>See how far downloads are, pause them and go on with them</source>
        <translation>查看下载进度，可暂停和继续</translation>
    </message>
    <message>
        <source>See how likely the word at the cursor was to the model and what else could have stood there, put another in, and go on from it or keep what follows</source>
        <translation>查看光标处的词对模型而言有多大可能、此处还可能写什么；换上另一个词，从那里续写或保留后文</translation>
    </message>
    <message>
        <source>See how much was typed, generated, edited and pasted, by chapter, and by which models, and save it</source>
        <translation>按章查看键入、生成、修改和粘贴的比例以及所用模型，并可保存</translation>
    </message>
    <message>
        <source>See the daily backups of takes, versions and unsaved texts, and restore one</source>
        <translation>查看候选稿、版本和未保存文本的每日备份，并恢复其中一个</translation>
    </message>
    <message>
        <source>See the summaries, explanations and questions that the model wrote about this text</source>
        <translation>查看模型就这篇文字写下的摘要、解释和问题</translation>
    </message>
    <message>
        <source>See the text as pages, and print them</source>
        <translation>按页查看文稿并打印</translation>
    </message>
    <message>
        <source>See the words of each day and set goals</source>
        <translation>查看每天写了多少字，并设定目标</translation>
    </message>
    <message>
        <source>See what else the model wrote here, side by side</source>
        <translation>并排查看模型在此处还写过什么</translation>
    </message>
    <message>
        <source>See what memory it needs here, and what would make it fit</source>
        <translation>查看它在本机需要多少内存，以及怎样才放得下</translation>
    </message>
    <message>
        <source>See what memory the model needs here, and what would make it fit</source>
        <translation>查看模型在本机需要多少内存，以及怎样才放得下</translation>
    </message>
    <message>
        <source>See what the loaded model is good for, and how fast it is here</source>
        <translation>查看已载入的模型擅长什么、在本机有多快</translation>
    </message>
    <message>
        <source>See what was trained and measured here, with curves and figures, and compare runs</source>
        <translation>查看在本机训练和测量过的内容及其曲线和数据，并比较各次运行</translation>
    </message>
    <message>
        <source>See which parts of the prompt mattered most for the sentence at the cursor, or for the selection</source>
        <translation>查看提示词的哪些部分对光标处的句子或所选文字影响最大</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Select the whole manuscript</source>
        <translation>选中整份稿件</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Show Downloads</source>
        <translation>显示下载</translation>
    </message>
    <message>
        <source>Show Models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>Show every sampling parameter, or only those that writers move</source>
        <translation>显示全部采样参数，或只显示写作常用的几个</translation>
    </message>
    <message>
        <source>Show headings, emphasis, lists, quotes, links and comments in their own style</source>
        <translation>以各自的样式显示标题、强调、列表、引用、链接和注释</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Show it in the file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Show it under another name; its file stays</source>
        <translation>换一个名称显示；文件不变</translation>
    </message>
    <message>
        <source>Show sampling and models beside the page</source>
        <translation>在稿纸旁边显示采样和模型</translation>
    </message>
    <message>
        <source>Show the book, the headings of the page and recent texts at the left</source>
        <translation>在左侧显示书、页面的标题和最近的文本</translation>
    </message>
    <message>
        <source>Show the folder with the logs; nothing in it is ever sent</source>
        <translation>打开日志所在的文件夹；其中的内容从不外传</translation>
    </message>
    <message>
        <source>Show the models on this machine</source>
        <translation>显示本机上的模型</translation>
    </message>
    <message>
        <source>Show the next take</source>
        <translation>显示下一份候选稿</translation>
    </message>
    <message>
        <source>Show the take before</source>
        <translation>显示上一份候选稿</translation>
    </message>
    <message>
        <source>Show the text as in Settings</source>
        <translation>按设置中的大小显示文字</translation>
    </message>
    <message>
        <source>Side Bar</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Side Panel</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Smaller Copy…</source>
        <translation>小体积副本…</translation>
    </message>
    <message>
        <source>Smaller Text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Spelling…</source>
        <translation>拼写…</translation>
    </message>
    <message>
        <source>Split the Scene Here</source>
        <translation>在此处拆分场景</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the model; what it wrote stays</source>
        <translation>让模型停下；已写的内容保留</translation>
    </message>
    <message>
        <source>Summarise the Book</source>
        <translation>概括全书</translation>
    </message>
    <message>
        <source>Take Before</source>
        <translation>上一稿</translation>
    </message>
    <message>
        <source>Take in a Word document, e-book or another text, as one document or as chapters</source>
        <translation>导入 Word 文档、电子书或其他文稿，作为一篇文档或多个章节</translation>
    </message>
    <message>
        <source>Take it off the list, or into the trash</source>
        <translation>从列表中移除，或移到回收站</translation>
    </message>
    <message>
        <source>Take the last step back</source>
        <translation>撤销上一步操作</translation>
    </message>
    <message>
        <source>Takes of This Place</source>
        <translation>此处的候选稿</translation>
    </message>
    <message>
        <source>Teach a model to write as your pages do, here on this machine</source>
        <translation>教模型像您的文稿那样写，就在这台机器上</translation>
    </message>
    <message>
        <source>Tell the model what it should always know: a memory, an author’s note, and lore that is sent when it is named</source>
        <translation>告诉模型它应当一直知道的事：记忆、作者注，以及在文中提到时发送的设定</translation>
    </message>
    <message>
        <source>Tell the model what to write at the cursor</source>
        <translation>告诉模型在光标处写什么</translation>
    </message>
    <message>
        <source>Tint and underline what a model wrote, what was edited of it, and what was pasted</source>
        <translation>为模型所写、写后改过以及粘贴来的文字着色并加下划线</translation>
    </message>
    <message>
        <source>Trash…</source>
        <translation>回收站…</translation>
    </message>
    <message>
        <source>Try It Out…</source>
        <translation>试用…</translation>
    </message>
    <message>
        <source>Typewriter Scrolling</source>
        <translation>打字机滚动</translation>
    </message>
    <message>
        <source>Underline what the model would not have expected, in what was generated and, once the page is scored, in your own text</source>
        <translation>在生成的文字中，以及评分之后在您自己的文字中，为模型意料之外之处加下划线</translation>
    </message>
    <message>
        <source>Underline words that are not in the dictionary of the document&apos;s language</source>
        <translation>给文档语言的词典中没有的词加下划线</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Use a GGUF file from disk, where it lies</source>
        <translation>直接使用磁盘上的 GGUF 文件，不移动它</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>版本和许可证</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>What Drove This…</source>
        <translation>是什么促成了这句…</translation>
    </message>
    <message>
        <source>What the Model Reads…</source>
        <translation>模型读到什么…</translation>
    </message>
    <message>
        <source>Where the Text Comes From</source>
        <translation>文字来源</translation>
    </message>
    <message>
        <source>Why This Word…</source>
        <translation>为何是这个词…</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>写作</translation>
    </message>
    <message>
        <source>Write Several Takes at Once</source>
        <translation>一次写几份候选稿</translation>
    </message>
    <message>
        <source>Write actions of your own, and share them as files</source>
        <translation>编写自己的操作，并以文件分享</translation>
    </message>
    <message>
        <source>Write another take in the place of this one, which is kept</source>
        <translation>在原处另写一稿，原稿保留</translation>
    </message>
    <message>
        <source>Write the text as a Word document, e-book, PDF or another format</source>
        <translation>把文稿写成 Word 文档、电子书、PDF 或其他格式</translation>
    </message>
    <message>
        <source>Write with a model of another program or machine</source>
        <translation>使用其他程序或其他电脑上的模型写作</translation>
    </message>
</context>
<context>
    <name>AdapterRow</name>
    <message>
        <source>1 is as it was trained, 0 without effect</source>
        <translation>1 为训练时的强度，0 为不起作用</translation>
    </message>
    <message>
        <source>Strength of {0}</source>
        <translation>{0} 的强度</translation>
    </message>
    <message>
        <source>Take {0} off</source>
        <translation>取下 {0}</translation>
    </message>
</context>
<context>
    <name>AdaptersController</name>
    <message>
        <source>It is taken off every model that writes with it. Your pages stay.</source>
        <translation>它会从所有使用它的模型上取下。您的文稿保持不变。</translation>
    </message>
    <message>
        <source>Move the adapter “{0}” to the trash?</source>
        <translation>将适配器“{0}”移到回收站？</translation>
    </message>
    <message>
        <source>Move to the Trash</source>
        <translation>移到回收站</translation>
    </message>
</context>
<context>
    <name>AdaptersDialog</name>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Adapters (*.gguf);;All files (*)</source>
        <translation>适配器 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add an Adapter</source>
        <translation>添加适配器</translation>
    </message>
    <message>
        <source>Add an Adapter’s Folder</source>
        <translation>添加适配器文件夹</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>An adapter (LoRA) changes how {0} writes. 1 is as it was trained, 0 without effect.</source>
        <translation>适配器（LoRA）会改变 {0} 的文风。1 为训练时的强度，0 为不起作用。</translation>
    </message>
    <message>
        <source>Learned from your pages</source>
        <translation>从您的文稿学来的</translation>
    </message>
    <message>
        <source>Load with These</source>
        <translation>按此载入</translation>
    </message>
    <message>
        <source>None is attached: the model writes as it was made.</source>
        <translation>没有挂适配器：模型按原样写作。</translation>
    </message>
    <message>
        <source>This adapter is for the other kind of model: a .gguf file goes with a .gguf file, a folder with a folder.</source>
        <translation>这个适配器适用于另一类模型：.gguf 配 .gguf，文件夹配文件夹。</translation>
    </message>
</context>
<context>
    <name>AddButton</name>
    <message>
        <source>Add a file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Add a folder with a model</source>
        <translation>添加含有模型的文件夹</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation>添加模型文件</translation>
    </message>
    <message>
        <source>Add a server…</source>
        <translation>添加服务器…</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>模型 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>The model stays where it is; nothing is copied.</source>
        <translation>模型留在原处，不会复制。</translation>
    </message>
</context>
<context>
    <name>AgainDialog</name>
    <message>
        <source>Again, But…</source>
        <translation>重写，但…</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>The same prompt with the same settings, but for one thing. What changes?</source>
        <translation>提示词和设置都不变，只改一处。改哪一处？</translation>
    </message>
    <message>
        <source>To</source>
        <translation>改为</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>Write Again</source>
        <translation>重写</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 至 {1}</translation>
    </message>
</context>
<context>
    <name>AgreedHosts</name>
    <message>
        <source>Ask Again</source>
        <translation>重新询问</translation>
    </message>
    <message>
        <source>Ask before the next download from each of them</source>
        <translation>下次从这些站点下载前先询问</translation>
    </message>
    <message>
        <source>You agreed to downloads from {0}; they begin without a question.</source>
        <translation>你已同意从 {0} 下载，今后不再询问。</translation>
    </message>
    <message>
        <source>You will be asked before the next download from each host.</source>
        <translation>下次从各站点下载前会先询问你。</translation>
    </message>
</context>
<context>
    <name>AllTakesDialog</name>
    <message>
        <source>Again</source>
        <translation>重写</translation>
    </message>
    <message>
        <source>Again, But…</source>
        <translation>重写，但…</translation>
    </message>
    <message>
        <source>All Manuscripts</source>
        <translation>全部稿件</translation>
    </message>
    <message>
        <source>All Takes</source>
        <translation>所有候选稿</translation>
    </message>
    <message>
        <source>Any Model</source>
        <translation>任意模型</translation>
    </message>
    <message>
        <source>Any Preset</source>
        <translation>任意预设</translation>
    </message>
    <message>
        <source>Any Time</source>
        <translation>任意时间</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Insert at the Cursor</source>
        <translation>插入到光标处</translation>
    </message>
    <message>
        <source>Last 24 Hours</source>
        <translation>最近 24 小时</translation>
    </message>
    <message>
        <source>Last 31 Days</source>
        <translation>最近 31 天</translation>
    </message>
    <message>
        <source>Last 366 Days</source>
        <translation>最近 366 天</translation>
    </message>
    <message>
        <source>Last 7 Days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>No take is like that.</source>
        <translation>没有这样的候选稿。</translation>
    </message>
    <message>
        <source>Only the takes that you gave a star</source>
        <translation>只显示你加了星标的候选稿</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>加星标</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>Take the Star Off</source>
        <translation>去掉星标</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>The latest {0} takes. More words find fewer.</source>
        <translation>最新的 {0} 份候选稿。多输入几个字可缩小范围。</translation>
    </message>
    <message>
        <source>The model has written nothing for this manuscript yet.</source>
        <translation>模型还没有为这份稿件写过什么。</translation>
    </message>
    <message>
        <source>The take</source>
        <translation>候选稿内容</translation>
    </message>
    <message>
        <source>The take and its prompt</source>
        <translation>候选稿及其提示词</translation>
    </message>
    <message>
        <source>This Manuscript</source>
        <translation>这份稿件</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>树</translation>
    </message>
    <message>
        <source>What the model read</source>
        <translation>模型读到的内容</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Which takes the take came of, and which came of it</source>
        <translation>这份候选稿由哪一份而来，又有哪些由它而来</translation>
    </message>
    <message>
        <source>With a star</source>
        <translation>有星标</translation>
    </message>
    <message>
        <source>Words in the takes</source>
        <translation>候选稿中的文字</translation>
    </message>
    <message>
        <source>Write it again with one thing changed</source>
        <translation>改动一处后重写</translation>
    </message>
    <message>
        <source>Write it again with the same model, prompt, seed and settings</source>
        <translation>用同样的模型、提示词、种子和设置重写</translation>
    </message>
    <message>
        <source>mixed from several takes</source>
        <translation>由几份候选稿混合而成</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>种子 {0}</translation>
    </message>
</context>
<context>
    <name>AllowedActions</name>
    <message>
        <source>Only for models on this machine: {0} is a server’s.</source>
        <translation>仅适用于本机上的模型：{0} 在服务器上。</translation>
    </message>
    <message>
        <source>The server cannot write several takes at once; Retry writes one after another.</source>
        <translation>服务器不能一次写几份候选稿；“重写”可以一份一份地写。</translation>
    </message>
</context>
<context>
    <name>BackupsController</name>
    <message>
        <source>Begin Empty</source>
        <translation>从空白开始</translation>
    </message>
    <message>
        <source>Restore It</source>
        <translation>恢复它</translation>
    </message>
    <message>
        <source>Take It Over</source>
        <translation>取出来</translation>
    </message>
    <message>
        <source>Takes and versions are back.</source>
        <translation>候选稿和版本已恢复。</translation>
    </message>
    <message>
        <source>The store of takes and versions was damaged, and there is no good backup of it. What can still be read of it can be taken over.</source>
        <translation>候选稿和版本的存储已损坏，也没有完好的备份。其中仍能读出的内容可以取出来。</translation>
    </message>
    <message>
        <source>The store of takes and versions was damaged. The backup of {0} is good. What came since is added where it can be read.</source>
        <translation>候选稿和版本的存储已损坏。{0} 的备份完好。此后的内容凡能读出的都会加进来。</translation>
    </message>
</context>
<context>
    <name>BackupsDialog</name>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Backups of the Store</source>
        <translation>存储的备份</translation>
    </message>
    <message>
        <source>Each day the store of takes, versions and unsaved texts is backed up. Restoring brings back all that is in a backup. What came since stays as well: unsaved texts, takes, versions and the trash. The store as it is now is kept beside it as a file. Your own files are not touched.</source>
        <translation>候选稿、版本和未保存文本的存储每天备份一次。恢复会带回备份中的全部内容。此后的内容也会保留：未保存的文本、候选稿、版本和回收站。现在的存储会作为文件保留在旁边。你自己的文件不受影响。</translation>
    </message>
    <message>
        <source>Reading the backup…</source>
        <translation>正在读取备份…</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restoring…</source>
        <translation>正在恢复…</translation>
    </message>
    <message>
        <source>The backup is restored.</source>
        <translation>备份已恢复。</translation>
    </message>
    <message>
        <source>The backup is restored. The former store is kept as {0}.</source>
        <translation>备份已恢复。原来的存储已保留为 {0}。</translation>
    </message>
    <message>
        <source>The backup is whole. In it are:</source>
        <translation>备份完好，其中有：</translation>
    </message>
    <message>
        <source>There is no backup yet. One is made every day that Lampblack is open; ten are kept.</source>
        <translation>还没有备份。打开 Lampblack 的每一天都会备份一次，保留十个。</translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation>其中的内容</translation>
    </message>
    <message numerus="yes">
        <source>{0} documents with versions</source>
        <translation>
            <numerusform>{0} 个有版本的文档</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} takes</source>
        <translation>
            <numerusform>{0} 个候选稿</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} versions</source>
        <translation>
            <numerusform>{0} 个版本</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>BiasRow</name>
    <message>
        <source>Add a text</source>
        <translation>添加文字</translation>
    </message>
</context>
<context>
    <name>BlindPage</name>
    <message>
        <source>&amp;Back to the Card</source>
        <translation>返回卡片(&amp;B)</translation>
    </message>
    <message>
        <source>Pair {0} of {1}, in a drawn order</source>
        <translation>第 {0} 对，共 {1} 对，顺序随机</translation>
    </message>
    <message>
        <source>Text 1</source>
        <translation>文本 1</translation>
    </message>
    <message>
        <source>Text 2</source>
        <translation>文本 2</translation>
    </message>
    <message>
        <source>Text {0}</source>
        <translation>文本 {0}</translation>
    </message>
    <message>
        <source>Text {0} sounds more like me (key {0})</source>
        <translation>文本 {0} 更像我写的（按键 {0}）</translation>
    </message>
    <message>
        <source>The texts before and after are the same: there is nothing to tell.</source>
        <translation>学习前后的文本相同：没有可比较的。</translation>
    </message>
    <message>
        <source>Which sounds like you?</source>
        <translation>哪一段更像您写的？</translation>
    </message>
</context>
<context>
    <name>Book</name>
    <message>
        <source>Chapter</source>
        <translation>章</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Idea</source>
        <translation>构思</translation>
    </message>
    <message>
        <source>No status</source>
        <translation>无状态</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部</translation>
    </message>
    <message>
        <source>Revised</source>
        <translation>已修改</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>场景</translation>
    </message>
</context>
<context>
    <name>BookController</name>
    <message>
        <source>Book</source>
        <translation>书</translation>
    </message>
    <message>
        <source>Headings</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>{0} is not there. Bring the file back, or take it out of the book.</source>
        <translation>{0} 不在了。请找回该文件，或将其从书中移出。</translation>
    </message>
</context>
<context>
    <name>BookDetailsDialog</name>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>Its language, such as en or zh-CN</source>
        <translation>其语言，例如 en 或 zh-CN</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Title and Author</source>
        <translation>标题和作者</translation>
    </message>
    <message>
        <source>What stands on the title page</source>
        <translation>书名页上的标题</translation>
    </message>
    <message>
        <source>Who has written it</source>
        <translation>由谁所写</translation>
    </message>
</context>
<context>
    <name>BookEdits</name>
    <message>
        <source>Select a scene of the book first.</source>
        <translation>请先选择书中的一个场景。</translation>
    </message>
    <message>
        <source>Taken back.</source>
        <translation>已撤销。</translation>
    </message>
    <message>
        <source>The notes on “{0}” were changed.</source>
        <translation>“{0}”的备注已更改。</translation>
    </message>
    <message>
        <source>The text on the page is not in the open book.</source>
        <translation>页面上的文本不在打开的书中。</translation>
    </message>
    <message>
        <source>The title page was changed.</source>
        <translation>书名页已更改。</translation>
    </message>
    <message>
        <source>{0}, in {1}</source>
        <translation>{0}，位于 {1}</translation>
    </message>
    <message>
        <source>{0}: {1} of {2}</source>
        <translation>{0}：第 {1} 个，共 {2} 个</translation>
    </message>
    <message>
        <source>“{0}” and “{1}” were merged.</source>
        <translation>“{0}”和“{1}”已合并。</translation>
    </message>
    <message>
        <source>“{0}” became: {1}.</source>
        <translation>“{0}”已变为：{1}。</translation>
    </message>
    <message>
        <source>“{0}” is included.</source>
        <translation>“{0}”已收入书中。</translation>
    </message>
    <message>
        <source>“{0}” is left out.</source>
        <translation>“{0}”未收入书中。</translation>
    </message>
    <message>
        <source>“{0}” is marked: {1}.</source>
        <translation>“{0}”已标为：{1}。</translation>
    </message>
    <message>
        <source>“{0}” was added.</source>
        <translation>“{0}”已添加。</translation>
    </message>
    <message>
        <source>“{0}” was moved.</source>
        <translation>“{0}”已移动。</translation>
    </message>
    <message numerus="yes">
        <source>“{0}” was removed, with {1} texts.</source>
        <translation>
            <numerusform>“{0}”已移除，共 {1} 篇文本。</numerusform>
        </translation>
    </message>
    <message>
        <source>“{0}” was removed.</source>
        <translation>已移除“{0}”。</translation>
    </message>
    <message>
        <source>“{0}” was renamed.</source>
        <translation>“{0}”已重命名。</translation>
    </message>
    <message>
        <source>“{0}” was split.</source>
        <translation>“{0}”已拆分。</translation>
    </message>
    <message>
        <source>“{0}” was taken out of the book.</source>
        <translation>“{0}”已从书中移出。</translation>
    </message>
</context>
<context>
    <name>BookMenus</name>
    <message>
        <source>Add to the Book</source>
        <translation>加入书中</translation>
    </message>
    <message>
        <source>Close Book</source>
        <translation>关闭书</translation>
    </message>
    <message>
        <source>Include in the Book</source>
        <translation>收入书中</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Merge with the Next</source>
        <translation>与下一个合并</translation>
    </message>
    <message>
        <source>Move Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move In</source>
        <translation>降一级</translation>
    </message>
    <message>
        <source>Move Out</source>
        <translation>升一级</translation>
    </message>
    <message>
        <source>Move Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move to the Trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>New Book…</source>
        <translation>新建书…</translation>
    </message>
    <message>
        <source>New Chapter…</source>
        <translation>新建章…</translation>
    </message>
    <message>
        <source>New Part…</source>
        <translation>新建部…</translation>
    </message>
    <message>
        <source>New Scene…</source>
        <translation>新建场景…</translation>
    </message>
    <message>
        <source>Open Book…</source>
        <translation>打开书…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Summarise the Book</source>
        <translation>概括全书</translation>
    </message>
    <message>
        <source>Take Out of the Book</source>
        <translation>从书中移出</translation>
    </message>
    <message>
        <source>Title and Author…</source>
        <translation>标题和作者…</translation>
    </message>
</context>
<context>
    <name>BookModel</name>
    <message>
        <source>A sync program made this copy of {0}: two computers changed it at the same time. Compare the two, and take over what is missing.</source>
        <translation>这是同步程序为 {0} 创建的副本：两台电脑同时更改了它。请比较两者，并补上缺少的内容。</translation>
    </message>
    <message>
        <source>Not in the book</source>
        <translation>不在书中</translation>
    </message>
    <message>
        <source>Not included in the book</source>
        <translation>未收入书中</translation>
    </message>
    <message>
        <source>The file has a name that is not opened: {0}</source>
        <translation>该文件的名称不会被打开：{0}</translation>
    </message>
    <message>
        <source>The file is not there: {0}</source>
        <translation>文件不在了：{0}</translation>
    </message>
    <message>
        <source>This text is in the folder and not in the book.</source>
        <translation>该文本在文件夹中，但不在书中。</translation>
    </message>
    <message>
        <source>{0} (missing)</source>
        <translation>{0}（缺失）</translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookPage</name>
    <message>
        <source>A book is a folder of plain texts in an order: parts, chapters and scenes. Any folder of .md and .txt files can be one; nothing in it is renamed.</source>
        <translation>书是一个按顺序排列的纯文本文件夹：部、章和场景。任何包含 .md 和 .txt 文件的文件夹都可以成为书；其中的文件不会被重命名。</translation>
    </message>
    <message>
        <source>Add a scene, chapter or part</source>
        <translation>添加场景、章或部</translation>
    </message>
    <message>
        <source>More for this book</source>
        <translation>此书的更多操作</translation>
    </message>
    <message>
        <source>New Book…</source>
        <translation>新建书…</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Notes on what is selected</source>
        <translation>所选条目的备注</translation>
    </message>
    <message>
        <source>Open Book…</source>
        <translation>打开书…</translation>
    </message>
    <message>
        <source>Take the last change of the book back</source>
        <translation>撤销对书的最后一次更改</translation>
    </message>
    <message>
        <source>This book is empty.</source>
        <translation>这本书是空的。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Write the First Scene</source>
        <translation>写第一个场景</translation>
    </message>
    <message numerus="yes">
        <source>{0} words in the book</source>
        <translation>
            <numerusform>全书 {0} 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BookQuestions</name>
    <message>
        <source>Choose or Make a Folder for the Book</source>
        <translation>为书选择或新建文件夹</translation>
    </message>
    <message>
        <source>Make a Book</source>
        <translation>建立书</translation>
    </message>
    <message>
        <source>Make a book of “{0}”?</source>
        <translation>要把“{0}”建成一本书吗？</translation>
    </message>
    <message>
        <source>New: {0}</source>
        <translation>新建：{0}</translation>
    </message>
    <message>
        <source>Open a Book</source>
        <translation>打开书</translation>
    </message>
    <message numerus="yes">
        <source>There is no book in it yet, but {0} texts. Their order is written into one small file beside them; nothing is renamed or changed.</source>
        <translation>
            <numerusform>其中还没有书，但有 {0} 篇文本。它们的顺序会写入旁边的一个小文件；不会重命名或更改任何内容。</numerusform>
        </translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
</context>
<context>
    <name>BookSummary</name>
    <message>
        <source>No book is open. Open one first, or select a text to summarise.</source>
        <translation>没有打开的书。请先打开一本书，或选取要概括的文字。</translation>
    </message>
    <message>
        <source>There is no text in the book yet.</source>
        <translation>书里还没有文字。</translation>
    </message>
</context>
<context>
    <name>BookTree</name>
    <message>
        <source>Book</source>
        <translation>书</translation>
    </message>
    <message>
        <source>Enter opens a scene, F2 renames it, Space includes it in the book; Alt and the arrows move it.</source>
        <translation>Enter 打开场景，F2 重命名，空格决定是否收入书中；Alt 加方向键移动它。</translation>
    </message>
</context>
<context>
    <name>CardPage</name>
    <message>
        <source>&amp;Blind Test…</source>
        <translation>盲测(&amp;B)…</translation>
    </message>
    <message>
        <source>&amp;Learn Another…</source>
        <translation>再学一个(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Use It Now</source>
        <translation>立即使用(&amp;U)</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Next pair</source>
        <translation>下一对</translation>
    </message>
    <message>
        <source>Pair before</source>
        <translation>上一对</translation>
    </message>
    <message>
        <source>Sample {0} of {1}, on words it has not seen</source>
        <translation>样本 {0}，共 {1} 个，接在它没见过的文字之后</translation>
    </message>
    <message>
        <source>Show in &amp;Folder</source>
        <translation>在文件夹中显示(&amp;F)</translation>
    </message>
    <message>
        <source>Ten pairs, hidden: which sounds like you?</source>
        <translation>十对文本，来源隐藏：哪一段更像您写的？</translation>
    </message>
    <message>
        <source>There are no samples.</source>
        <translation>没有样本。</translation>
    </message>
    <message>
        <source>“{0}” is learned</source>
        <translation>“{0}”已学会</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>A clear step up in judgement for rewriting and summaries, if you have about 8 GB free.</source>
        <translation>改写和摘要的判断力明显更好，需要约 8 GB 空闲内存。</translation>
    </message>
    <message>
        <source>A favourite for fiction: loose, inventive prose and a long memory, with 10 GB to spare.</source>
        <translation>写小说的热门之选：文笔奔放、富有创意，记得住长篇；需要 10 GB 空闲内存。</translation>
    </message>
    <message>
        <source>A light all-rounder for English on machines with 4 GB to spare.</source>
        <translation>轻巧全能的英文模型，需要 4 GB 空闲内存。</translation>
    </message>
    <message>
        <source>A small model that only continues a text, without the habits of a chat assistant.</source>
        <translation>只续写文章的小模型，没有聊天助手的腔调。</translation>
    </message>
    <message>
        <source>A small model that thinks before it answers; good at following what you ask of a passage.</source>
        <translation>先思考再回答的小模型，善于照你的要求处理段落。</translation>
    </message>
    <message>
        <source>Answers in a blink on any machine; good for trying things out, too small for prose that must hold together.</source>
        <translation>在任何电脑上都能瞬间作答；适合试用，但写不好需要连贯的长文。</translation>
    </message>
    <message>
        <source>Careful rewriting and translation for machines with 16 GB, or a graphics card that holds it.</source>
        <translation>改写和翻译细致，需要 16 GB 内存，或装得下它的显卡。</translation>
    </message>
    <message>
        <source>Continues Chinese and English with PyTorch, in the voice of the page, on a laptop.</source>
        <translation>用 PyTorch 续写中英文，贴合原文语气，笔记本即可运行。</translation>
    </message>
    <message>
        <source>Continues English text with PyTorch on any machine; small, so keep passages short.</source>
        <translation>用 PyTorch 续写英文，任何电脑都能跑；模型小，段落宜短。</translation>
    </message>
    <message>
        <source>Continues prose in your own voice, in Chinese and English, without a chat model&apos;s manners.</source>
        <translation>用你自己的语气续写中英文，没有聊天模型的客套。</translation>
    </message>
    <message>
        <source>Easy, conversational English on a laptop; mind its own licence.</source>
        <translation>笔记本上的英文模型，语言轻松口语化；请留意它专有的许可证。</translation>
    </message>
    <message>
        <source>Knows all official languages of the European Union, also the small ones others forget; short context.</source>
        <translation>通晓欧盟所有官方语言，包括常被忽略的小语种；上下文较短。</translation>
    </message>
    <message>
        <source>Light English chat and story openings with PyTorch; a short memory of about three pages.</source>
        <translation>用 PyTorch 进行英文闲聊、写故事开头；只记得约三页。</translation>
    </message>
    <message>
        <source>Made for one thing, translation between Chinese, English and others, and good at it for its size.</source>
        <translation>专为翻译而生，擅长中英及其他语言互译，同等大小中表现出色。</translation>
    </message>
    <message>
        <source>Only continues English text, in a blink; good for learning what the sampling sliders do.</source>
        <translation>只续写英文，一瞬即成；适合了解各采样滑块的作用。</translation>
    </message>
    <message>
        <source>Polished prose and steady characters in many languages, for machines with 24 GB.</source>
        <translation>文笔洗练，人物稳定，支持多种语言，需要 24 GB 内存。</translation>
    </message>
    <message>
        <source>Quick help in many languages where memory is short; its style is plain.</source>
        <translation>内存紧张时的多语言好帮手；文风平实。</translation>
    </message>
    <message>
        <source>Reliable at following exact instructions about a text; drier in style than others.</source>
        <translation>严格按要求处理文字，十分可靠；文风比其他模型更干。</translation>
    </message>
    <message>
        <source>Small rewriting and summaries in many languages with PyTorch.</source>
        <translation>用 PyTorch 进行多语言的小篇幅改写和摘要。</translation>
    </message>
    <message>
        <source>Sound reasoning about long English documents: reports, contracts, essays.</source>
        <translation>善于分析英文长文档：报告、合同、论文。</translation>
    </message>
    <message>
        <source>The best balance for most laptops: follows instructions well, in Chinese and English alike, over long texts.</source>
        <translation>多数笔记本的最佳选择：中英文都能准确执行指令，长文也不在话下。</translation>
    </message>
    <message>
        <source>The classic for continuing English prose: takes up the voice it is given and runs on with it.</source>
        <translation>续写英文的经典模型：接过原文的语气一路写下去。</translation>
    </message>
    <message>
        <source>The historic model for PyTorch: dreamy English continuations, useful to unblock a page.</source>
        <translation>PyTorch 的元老模型：如梦似幻的英文续写，可用来打破文思枯竭。</translation>
    </message>
    <message>
        <source>The quickest for PyTorch: continues English text, without much sense; good for trying that engine.</source>
        <translation>PyTorch 上最快的模型：续写英文，但没什么条理；适合试用这个引擎。</translation>
    </message>
    <message>
        <source>The smallest model that handles Chinese and a dozen other languages at all.</source>
        <translation>能处理中文和十几种其他语言的最小模型。</translation>
    </message>
    <message>
        <source>The smallest model that rewrites a plain English sentence usefully, even on an old laptop.</source>
        <translation>能有效改写简单英文句子的最小模型，旧笔记本也能用。</translation>
    </message>
    <message>
        <source>The starter model in the form that PyTorch reads, to compare the two engines.</source>
        <translation>入门模型的 PyTorch 版本，用来比较两个引擎。</translation>
    </message>
    <message>
        <source>The starter: small enough to fetch in a minute and to run anywhere, so that you can begin at once.</source>
        <translation>入门模型：一分钟就能下载，哪里都能运行，让你马上开始。</translation>
    </message>
    <message>
        <source>The strongest model here for hard rewriting and translation; needs a workstation and patience.</source>
        <translation>这里最强的模型，适合高难度的改写和翻译；需要工作站和耐心。</translation>
    </message>
    <message>
        <source>Trained to keep its quality at four bits, and quick on ordinary processors; good prose in many languages.</source>
        <translation>训练时就针对 4 位量化保住质量，普通处理器上也很快；多种语言的文笔都不错。</translation>
    </message>
    <message>
        <source>Writes and translates six European languages and still fits an ordinary laptop.</source>
        <translation>用六种欧洲语言写作和翻译，普通笔记本也装得下。</translation>
    </message>
    <message>
        <source>Writes like a large model at the speed of a small one, if its 20 GB fit into memory.</source>
        <translation>写得像大模型，跑得像小模型，前提是内存放得下它的 20 GB。</translation>
    </message>
    <message>
        <source>Writes warm, natural dialogue for its size, in many languages; mind its own licence.</source>
        <translation>同等大小中对话温暖自然，支持多种语言；请留意它专有的许可证。</translation>
    </message>
</context>
<context>
    <name>CatalogueTab</name>
    <message>
        <source>Any engine</source>
        <translation>任何引擎</translation>
    </message>
    <message>
        <source>Any kind</source>
        <translation>任何类型</translation>
    </message>
    <message>
        <source>Any language</source>
        <translation>任何语言</translation>
    </message>
    <message>
        <source>Any licence</source>
        <translation>任何许可证</translation>
    </message>
    <message>
        <source>Any purpose</source>
        <translation>任何用途</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任何大小</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download ({0})</source>
        <translation>下载（{0}）</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Fits this machine</source>
        <translation>本机可用</translation>
    </message>
    <message>
        <source>Its makers want you to agree to their licence first, on their own page.</source>
        <translation>作者要求你先在他们的网页上同意许可证。</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Leave out what needs more memory than is free</source>
        <translation>不显示所需内存超过可用内存的模型</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Look for nothing in particular</source>
        <translation>清除所有筛选条件</translation>
    </message>
    <message>
        <source>Models that can be downloaded</source>
        <translation>可以下载的模型</translation>
    </message>
    <message>
        <source>Nothing in the catalogue answers to all of that. Ask for less.</source>
        <translation>目录中没有符合全部条件的模型。请放宽条件。</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search the catalogue</source>
        <translation>搜索模型目录</translation>
    </message>
    <message>
        <source>Show Everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>排序方式</translation>
    </message>
    <message>
        <source>Up to {0} GB</source>
        <translation>不超过 {0} GB</translation>
    </message>
</context>
<context>
    <name>ChangeBar</name>
    <message>
        <source>Accept All</source>
        <translation>全部接受</translation>
    </message>
    <message>
        <source>Reject All</source>
        <translation>全部拒绝</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>模型</translation>
    </message>
    <message numerus="yes">
        <source>{0} changes are open.</source>
        <translation>
            <numerusform>有 {0} 处修改待定。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} changes by {1} are open.</source>
        <translation>
            <numerusform>有 {0} 处 {1} 的修改待定。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} writes. {1} changes so far.</source>
        <translation>
            <numerusform>{0} 正在写。目前有 {1} 处修改。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangeKeeper</name>
    <message>
        <source>All Takes…</source>
        <translation>所有候选稿…</translation>
    </message>
    <message numerus="yes">
        <source>{0} proposed changes do not fit this text any more. They are kept in All Takes.</source>
        <translation>
            <numerusform>有 {0} 处建议的修改已不适合这篇文字。它们保存在“所有候选稿”中。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangesController</name>
    <message numerus="yes">
        <source>Accept {0} Changes in the Selection</source>
        <translation>
            <numerusform>接受所选范围内的 {0} 处修改</numerusform>
        </translation>
    </message>
    <message>
        <source>Accept: {0}</source>
        <translation>接受：{0}</translation>
    </message>
    <message>
        <source>Finish the word that is being typed first.</source>
        <translation>请先输完正在输入的词。</translation>
    </message>
    <message>
        <source>No change is open.</source>
        <translation>没有待定的修改。</translation>
    </message>
    <message>
        <source>Put in “{0}”</source>
        <translation>加入“{0}”</translation>
    </message>
    <message numerus="yes">
        <source>Reject {0} Changes in the Selection</source>
        <translation>
            <numerusform>拒绝所选范围内的 {0} 处修改</numerusform>
        </translation>
    </message>
    <message>
        <source>Reject: {0}</source>
        <translation>拒绝：{0}</translation>
    </message>
    <message>
        <source>Take out “{0}”</source>
        <translation>删去“{0}”</translation>
    </message>
    <message>
        <source>The answer is still being written.</source>
        <translation>回答还在写。</translation>
    </message>
    <message>
        <source>This text can only be read here.</source>
        <translation>此处只能阅读这篇文字。</translation>
    </message>
    <message numerus="yes">
        <source>{0} changes accepted. Undo opens them again.</source>
        <translation>
            <numerusform>已接受 {0} 处修改。撤销可恢复待定。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} changes rejected. Undo opens them again.</source>
        <translation>
            <numerusform>已拒绝 {0} 处修改。撤销可恢复待定。</numerusform>
        </translation>
    </message>
    <message>
        <source>“{0}” becomes “{1}”</source>
        <translation>“{0}”改为“{1}”</translation>
    </message>
</context>
<context>
    <name>ChoiceRow</name>
    <message>
        <source>Always read</source>
        <translation>总是读取</translation>
    </message>
    <message>
        <source>As asked</source>
        <translation>按原设置</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Below the page</source>
        <translation>页面下方</translation>
    </message>
    <message>
        <source>Beside the page</source>
        <translation>页面旁边</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Each sentence as it is written</source>
        <translation>写出一句朗读一句</translation>
    </message>
    <message>
        <source>Every take</source>
        <translation>每份候选稿</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Let the model see only the end</source>
        <translation>只让模型看到末尾部分</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Like the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不朗读</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Only that it has ended</source>
        <translation>只说已写完</translation>
    </message>
    <message>
        <source>Paragraph</source>
        <translation>段落</translation>
    </message>
    <message>
        <source>Read by models made for it</source>
        <translation>由受过此训练的模型读取</translation>
    </message>
    <message>
        <source>Reduced</source>
        <translation>减少</translation>
    </message>
    <message>
        <source>Say so and write nothing</source>
        <translation>提示出来，不写</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>Sepia</source>
        <translation>棕褐色</translation>
    </message>
</context>
<context>
    <name>Choosing</name>
    <message>
        <source>Check the pages to learn from, or add some.</source>
        <translation>请勾选要学习的文稿，或添加一些。</translation>
    </message>
    <message>
        <source>There is no model to teach. Get one in Model, Manage Models.</source>
        <translation>没有可教的模型。请在“模型”&gt;“管理模型”中获取一个。</translation>
    </message>
    <message>
        <source>Trying some steps with the model…</source>
        <translation>正在用模型试几步…</translation>
    </message>
</context>
<context>
    <name>ComparisonDialog</name>
    <message>
        <source>Both Side by Side</source>
        <translation>并排比较</translation>
    </message>
    <message>
        <source>Both texts are the same.</source>
        <translation>两份文字相同。</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>In the file {0}</source>
        <translation>文件 {0} 中</translation>
    </message>
    <message>
        <source>Keep Mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>On the page</source>
        <translation>页面上</translation>
    </message>
    <message>
        <source>Take Theirs</source>
        <translation>采用对方的</translation>
    </message>
    <message>
        <source>Underlined is what only one of the texts has. Whichever stays, the other one is kept in the history, from which passages can be taken.</source>
        <translation>带下划线的是只有其中一份才有的文字。无论保留哪一份，另一份都会存入历史，可从中取回段落。</translation>
    </message>
</context>
<context>
    <name>ContextController</name>
    <message>
        <source>Export Memory and Lore</source>
        <translation>导出记忆与设定</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>For the book {0}</source>
        <translation>书籍：{0}</translation>
    </message>
    <message>
        <source>For {0}</source>
        <translation>文档：{0}</translation>
    </message>
    <message>
        <source>Import Memory and Lore</source>
        <translation>导入记忆与设定</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Memory and lore</source>
        <translation>记忆与设定</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message numerus="yes">
        <source>{0} entries were added.</source>
        <translation>
            <numerusform>已添加 {0} 个条目。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContextDialog</name>
    <message>
        <source>All that is sent</source>
        <translation>发送的全部内容</translation>
    </message>
    <message>
        <source>It knows {0} already, and reads the rest at once.</source>
        <translation>它已经读过其中的 {0}，其余立刻读完。</translation>
    </message>
    <message>
        <source>It knows {0} already, and reads the rest in about {1} seconds.</source>
        <translation>它已经读过其中的 {0}，其余约需 {1} 秒读完。</translation>
    </message>
    <message>
        <source>It knows {0} already. How long it reads is known once it has read.</source>
        <translation>它已经读过其中的 {0}。读过一次之后才知道要多久。</translation>
    </message>
    <message>
        <source>Left out: {0}</source>
        <translation>未发送：{0}</translation>
    </message>
    <message>
        <source>Memory and Lore</source>
        <translation>记忆与设定</translation>
    </message>
    <message>
        <source>Parts of what is sent, and what is left out</source>
        <translation>发送的各部分，以及未发送的内容</translation>
    </message>
    <message>
        <source>Putting together what is sent…</source>
        <translation>正在整理要发送的内容…</translation>
    </message>
    <message>
        <source>The model is sent {0}; it can read {1} with its answer.</source>
        <translation>发给模型 {0}；连同回答，它最多读取 {1}。</translation>
    </message>
    <message>
        <source>What the Model Reads</source>
        <translation>模型读到什么</translation>
    </message>
    <message>
        <source>{0} of them are marks that the model&apos;s own form puts around the parts.</source>
        <translation>其中 {0} 是模型自身格式加在各部分周围的标记。</translation>
    </message>
    <message>
        <source>{0}, {1}</source>
        <translation>{0}，{1}</translation>
    </message>
</context>
<context>
    <name>ConversionController</name>
    <message numerus="yes">
        <source>%n image(s) were left out.</source>
        <translation>
            <numerusform>有 %n 张图片未导出。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) were sent to the printer.</source>
        <translation>
            <numerusform>已向打印机发送 %n 页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Exported to {0}.</source>
        <translation>已导出到 {0}。</translation>
    </message>
    <message>
        <source>Exported {0}</source>
        <translation>已导出 {0}</translation>
    </message>
    <message>
        <source>Imported. It is not saved yet.</source>
        <translation>已导入，尚未保存。</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>The chapters are in {0}.</source>
        <translation>各章在 {0} 中。</translation>
    </message>
    <message>
        <source>The selection</source>
        <translation>选中的部分</translation>
    </message>
    <message>
        <source>The whole document</source>
        <translation>整篇文档</translation>
    </message>
</context>
<context>
    <name>ConversionQuestions</name>
    <message>
        <source>Choose a Folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Import a Text</source>
        <translation>导入文稿</translation>
    </message>
    <message>
        <source>Share This Profile</source>
        <translation>分享此配置</translation>
    </message>
    <message>
        <source>Take In a Profile</source>
        <translation>接收配置</translation>
    </message>
    <message>
        <source>There is already a file of that name in {0}. What it holds is lost.</source>
        <translation>{0} 中已有同名文件，其内容将会丢失。</translation>
    </message>
    <message>
        <source>Write Over It</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Write over “{0}”?</source>
        <translation>要覆盖“{0}”吗？</translation>
    </message>
</context>
<context>
    <name>Curve</name>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Nothing to show yet.</source>
        <translation>还没有可显示的内容。</translation>
    </message>
    <message>
        <source>{0}: {1} at {2}, {3} at {4}; the least is {5} at {6}.</source>
        <translation>{0}：{2} 处为 {1}，{4} 处为 {3}；最小值为 {6} 处的 {5}。</translation>
    </message>
</context>
<context>
    <name>DifferenceView</name>
    <message numerus="yes">
        <source>{0} words without a change</source>
        <translation>
            <numerusform>{0} 字未改动</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DocumentController</name>
    <message>
        <source>Save under another name; the text is still open.</source>
        <translation>请另存为其他名称；文字仍然打开着。</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>{0} was not saved: no copy of it as it is now could be kept.</source>
        <translation>{0} 没有保存：无法为它的现有内容留一份副本。</translation>
    </message>
</context>
<context>
    <name>DocumentFiles</name>
    <message>
        <source>{0} cannot be opened: its folder does not answer.</source>
        <translation>无法打开 {0}：其所在文件夹没有响应。</translation>
    </message>
    <message>
        <source>{0} could not be saved: its folder does not answer.</source>
        <translation>{0} 未能保存：其所在文件夹没有响应。</translation>
    </message>
</context>
<context>
    <name>DownloadView</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Enter a Token…</source>
        <translation>输入令牌…</translation>
    </message>
    <message>
        <source>Go on where it stopped</source>
        <translation>从断点继续</translation>
    </message>
    <message>
        <source>Go on, with what is here already</source>
        <translation>利用已下载的部分继续</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Progress of {0}</source>
        <translation>{0} 的进度</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Say who you are to a hub that asks for it ({0})</source>
        <translation>向要求登录的站点表明身份（{0}）</translation>
    </message>
    <message>
        <source>Stop, and keep what is here already</source>
        <translation>停止，保留已下载的部分</translation>
    </message>
    <message>
        <source>Stop, and remove what is here already</source>
        <translation>停止，删除已下载的部分</translation>
    </message>
    <message>
        <source>Take it off this list; the model stays</source>
        <translation>从列表中移除；模型保留</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Write with this model</source>
        <translation>用这个模型写作</translation>
    </message>
</context>
<context>
    <name>Downloads</name>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Resume, {0}</source>
        <translation>继续，{0}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try again, {0}</source>
        <translation>重试，{0}</translation>
    </message>
    <message>
        <source>about {0} h left</source>
        <translation>还需约 {0} 小时</translation>
    </message>
    <message>
        <source>about {0} min left</source>
        <translation>还需约 {0} 分钟</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>less than a minute left</source>
        <translation>剩余不到一分钟</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>unpacking</source>
        <translation>正在解压</translation>
    </message>
    <message>
        <source>verifying every byte</source>
        <translation>正在逐字节校验</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0}%</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{0} per second</source>
        <translation>每秒 {0}</translation>
    </message>
</context>
<context>
    <name>DownloadsTab</name>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Enter a Token…</source>
        <translation>输入令牌…</translation>
    </message>
    <message>
        <source>Nothing is being downloaded.</source>
        <translation>没有正在下载的内容。</translation>
    </message>
</context>
<context>
    <name>DraftController</name>
    <message>
        <source>{0} guesses for {1} from the next time that it is loaded.</source>
        <translation>下次加载起，{0} 将替 {1} 猜词。</translation>
    </message>
    <message>
        <source>{0} writes alone from the next time that it is loaded.</source>
        <translation>下次加载起，{0} 将独自写作。</translation>
    </message>
</context>
<context>
    <name>DraftDialog</name>
    <message>
        <source>&amp;Draft model</source>
        <translation>草稿模型(&amp;D)</translation>
    </message>
    <message>
        <source>A smaller model with the same vocabulary guesses the next words, and {0} checks several of them in the time of one. {0} still chooses every word, with the chances that it always has. Both are timed when {0} is loaded: where guessing does not pay here, it is left out and you are told.</source>
        <translation>一个词表相同的较小模型猜测接下来的词，{0} 用写一个词的时间检查其中几个。每个词仍由 {0} 选择，概率与平时完全一样。加载 {0} 时会给两个模型计时：如果在本机上猜词不划算，就不猜，并会告诉您。</translation>
    </message>
    <message>
        <source>Both together need {0} of memory: {1}.</source>
        <translation>两个模型共需 {0} 内存：{1}。</translation>
    </message>
    <message>
        <source>Draft Model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>No other model here is clearly smaller. One of the same family could guess, or a copy of this one in fewer bits (Smaller Copy…).</source>
        <translation>这里没有明显更小的模型。同一系列的较小模型可以猜词，这个模型位数更少的副本（小体积副本…）也可以。</translation>
    </message>
    <message>
        <source>None: it writes alone</source>
        <translation>无：独自写作</translation>
    </message>
    <message>
        <source>Remember it for this model</source>
        <translation>为这个模型记住它</translation>
    </message>
    <message>
        <source>The smaller models here have other vocabularies. One of the same family could guess, or a copy of this one in fewer bits (Smaller Copy…).</source>
        <translation>这里较小的模型词表不同。同一系列的较小模型可以猜词，这个模型位数更少的副本（小体积副本…）也可以。</translation>
    </message>
    <message>
        <source>The vocabulary of this model cannot be read.</source>
        <translation>无法读取这个模型的词表。</translation>
    </message>
    <message>
        <source>This model sorts texts, and has nothing to guess.</source>
        <translation>这个模型用于给文本分类，没有词可猜。</translation>
    </message>
    <message>
        <source>Use This</source>
        <translation>使用它</translation>
    </message>
</context>
<context>
    <name>Editor</name>
    <message>
        <source>Manuscript</source>
        <translation>稿件</translation>
    </message>
    <message>
        <source>Write here. Ctrl+Enter lets the model go on.</source>
        <translation>在这里写作。按 Ctrl+Enter 让模型接着写。</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Find a model…</source>
        <translation>查找模型…</translation>
    </message>
    <message>
        <source>Get the starter model ({0})</source>
        <translation>获取入门模型（{0}）</translation>
    </message>
    <message>
        <source>Lampblack writes with a language model that lives on this computer. It needs no account, and nothing you write ever leaves, unless you name a server. All it needs now is a model.</source>
        <translation>Lampblack 用这台电脑上的语言模型写作。不需要账号；除非你指定服务器，否则你写的内容从不外传。现在只缺一个模型。</translation>
    </message>
    <message>
        <source>Open a model file that is on this computer, or on a disk.</source>
        <translation>打开这台电脑或磁盘上的模型文件。</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>打开模型文件…</translation>
    </message>
    <message>
        <source>The starter model is small: good to try things with. A larger one writes better; any model file that ends in .gguf will do.</source>
        <translation>入门模型很小，适合试用。大一些的模型写得更好；任何 .gguf 模型文件都可以。</translation>
    </message>
    <message>
        <source>This happens once. Afterwards Lampblack needs no network.</source>
        <translation>只需这一次。之后 Lampblack 不再需要网络。</translation>
    </message>
    <message>
        <source>Use a server…</source>
        <translation>使用服务器…</translation>
    </message>
    <message>
        <source>Write with a model of another program or machine; text is sent there</source>
        <translation>使用其他程序或其他电脑上的模型写作；文字会发送过去</translation>
    </message>
    <message>
        <source>Your words, your machine</source>
        <translation>你的文字，你的电脑</translation>
    </message>
</context>
<context>
    <name>Encodings</name>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯</translation>
    </message>
    <message>
        <source>Baltic</source>
        <translation>波罗的海</translation>
    </message>
    <message>
        <source>Celtic</source>
        <translation>凯尔特</translation>
    </message>
    <message>
        <source>Central European</source>
        <translation>中欧</translation>
    </message>
    <message>
        <source>Chinese, Hong Kong</source>
        <translation>香港中文</translation>
    </message>
    <message>
        <source>Chinese, simplified</source>
        <translation>简体中文</translation>
    </message>
    <message>
        <source>Chinese, traditional</source>
        <translation>繁体中文</translation>
    </message>
    <message>
        <source>Cyrillic</source>
        <translation>西里尔</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>希伯来</translation>
    </message>
    <message>
        <source>Icelandic</source>
        <translation>冰岛</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日文</translation>
    </message>
    <message>
        <source>Kazakh</source>
        <translation>哈萨克</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩文</translation>
    </message>
    <message>
        <source>Nordic</source>
        <translation>北欧</translation>
    </message>
    <message>
        <source>Open As…</source>
        <translation>用其他编码打开…</translation>
    </message>
    <message>
        <source>Open a Copy</source>
        <translation>打开副本</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚</translation>
    </message>
    <message>
        <source>South European</source>
        <translation>南欧</translation>
    </message>
    <message>
        <source>Tajik</source>
        <translation>塔吉克</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰文</translation>
    </message>
    <message>
        <source>This is a copy of {0}, which was left alone. Damaged places, each marked with �: {1} (line {2}).</source>
        <translation>这是 {0} 的副本，原文件没有改动。损坏之处以 � 标出：{1} 处（第 {2} 行）。</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>乌克兰</translation>
    </message>
    <message>
        <source>Unicode</source>
        <translation>Unicode</translation>
    </message>
    <message>
        <source>Unicode (UTF-16 BE without mark)</source>
        <translation>Unicode（无标记的 UTF-16 BE）</translation>
    </message>
    <message>
        <source>Unicode (UTF-16 LE without mark)</source>
        <translation>Unicode（无标记的 UTF-16 LE）</translation>
    </message>
    <message>
        <source>Unicode (UTF-8 with mark)</source>
        <translation>Unicode（带标记的 UTF-8）</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南文</translation>
    </message>
    <message>
        <source>Western</source>
        <translation>西欧</translation>
    </message>
    <message>
        <source>{0} does not say what encoding it is in. It was read as {1}.</source>
        <translation>{0} 没有注明编码，已按 {1} 读取。</translation>
    </message>
</context>
<context>
    <name>EnginesPage</name>
    <message>
        <source>Do&amp;wnload…</source>
        <translation>下载(&amp;W)…</translation>
    </message>
    <message>
        <source>Download the PyTorch engine…</source>
        <translation>下载 PyTorch 引擎…</translation>
    </message>
    <message>
        <source>Fetch the engine from an address, verify it and install it</source>
        <translation>从某个地址下载引擎，校验后安装</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>安装</translation>
    </message>
    <message>
        <source>Install from &amp;File…</source>
        <translation>从文件安装(&amp;F)…</translation>
    </message>
    <message>
        <source>Install the PyTorch Engine</source>
        <translation>安装 PyTorch 引擎</translation>
    </message>
    <message>
        <source>Install the engine in “{0}”?</source>
        <translation>安装“{0}”中的引擎？</translation>
    </message>
    <message>
        <source>Install the engine out of the file lampblack-torch-….tar.xz</source>
        <translation>从文件 lampblack-torch-….tar.xz 安装引擎</translation>
    </message>
    <message>
        <source>Installed: version {0} with {1}, {2} on the disk.</source>
        <translation>已安装：版本 {0}，含 {1}，占用磁盘 {2}。</translation>
    </message>
    <message>
        <source>It is a program that runs on this computer, without the network. Install only what comes from where you got Lampblack.</source>
        <translation>它是在这台电脑上运行的程序，不使用网络。请只安装与 Lampblack 来源相同的文件。</translation>
    </message>
    <message>
        <source>Models that are folders of safetensors cannot be used without it. They stay.</source>
        <translation>没有它，safetensors 文件夹形式的模型将无法使用。模型会保留。</translation>
    </message>
    <message>
        <source>Not installed.</source>
        <translation>未安装。</translation>
    </message>
    <message>
        <source>Packs (*.tar.xz);;All files (*)</source>
        <translation>引擎包 (*.tar.xz);;所有文件 (*)</translation>
    </message>
    <message>
        <source>PyTorch engine</source>
        <translation>PyTorch 引擎</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>移除(&amp;V)…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove the PyTorch engine?</source>
        <translation>移除 PyTorch 引擎？</translation>
    </message>
    <message>
        <source>Remove the PyTorch engine…</source>
        <translation>移除 PyTorch 引擎…</translation>
    </message>
    <message>
        <source>Remove the engine from this computer; models stay</source>
        <translation>从这台电脑移除引擎；模型会保留</translation>
    </message>
    <message>
        <source>Runs Hugging Face models as folders of safetensors, and classifiers. GGUF models do not need it.</source>
        <translation>用于运行 safetensors 文件夹形式的 Hugging Face 模型以及分类模型。GGUF 模型不需要它。</translation>
    </message>
    <message>
        <source>SHA-256: {0}</source>
        <translation>SHA-256：{0}</translation>
    </message>
    <message>
        <source>Stop installing; what was there stays</source>
        <translation>停止安装；原有内容保留</translation>
    </message>
    <message>
        <source>This Lampblack has PyTorch itself and does not need the pack.</source>
        <translation>此 Lampblack 自带 PyTorch，不需要引擎包。</translation>
    </message>
    <message>
        <source>Working…</source>
        <translation>正在处理…</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>12 pt, double spaced, ragged right, with a running head, as agents and editors ask for</source>
        <translation>12 磅、双倍行距、右侧不齐、带页眉，符合经纪人和编辑的要求</translation>
    </message>
    <message>
        <source>A comfortable page for friends and first readers</source>
        <translation>给朋友和首批读者看的舒适版面</translation>
    </message>
    <message>
        <source>A4</source>
        <translation>A4</translation>
    </message>
    <message>
        <source>A5</source>
        <translation>A5</translation>
    </message>
    <message>
        <source>Chapter: {0}</source>
        <translation>章：{0}</translation>
    </message>
    <message>
        <source>E-book</source>
        <translation>电子书</translation>
    </message>
    <message>
        <source>E-book (EPUB)</source>
        <translation>电子书（EPUB）</translation>
    </message>
    <message>
        <source>For reading programs, which choose typeface and page themselves</source>
        <translation>用于阅读软件，由软件自行决定字体和页面</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>Letter</translation>
    </message>
    <message>
        <source>Manuscript for submissions</source>
        <translation>投稿稿件</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>OpenDocument text</source>
        <translation>OpenDocument 文本</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Part: {0}</source>
        <translation>部：{0}</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Pocket book, 12 × 18 cm</source>
        <translation>口袋本，12 × 18 厘米</translation>
    </message>
    <message>
        <source>Reading copy</source>
        <translation>阅读稿</translation>
    </message>
    <message>
        <source>The whole book</source>
        <translation>整本书</translation>
    </message>
    <message>
        <source>Trade book, 6 × 9 in</source>
        <translation>平装书，6 × 9 英寸</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Usual here ({0})</source>
        <translation>本地常用（{0}）</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>Word document</source>
        <translation>Word 文档</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>格式(&amp;F)</translation>
    </message>
    <message>
        <source>Choose the file, and write it</source>
        <translation>选择文件并写入</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>What kind of file is written</source>
        <translation>写成哪种文件</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message numerus="yes">
        <source>{0} pages are set…</source>
        <translation>
            <numerusform>已排好 {0} 页…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>Choose a file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>PEM files (*.pem *.crt *.key);;All files (*)</source>
        <translation>PEM 文件 (*.pem *.crt *.key);;所有文件 (*)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in the manuscript</source>
        <translation>在稿件中查找</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace All</source>
        <translation>全部替换</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation>找到 {0} 处</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>第 {0} 处，共 {1} 处</translation>
    </message>
    <message>
        <source>{0} replaced</source>
        <translation>已替换 {0} 处</translation>
    </message>
</context>
<context>
    <name>FitDialog</name>
    <message>
        <source>A smaller model that fits: {0}, which needs {1}.</source>
        <translation>放得下的较小模型：{0}，需要 {1}。</translation>
    </message>
    <message>
        <source>A way of reading that needs less memory; the same seed gives another text.</source>
        <translation>一种更省内存的读取方式；同一个随机种子会得到不同的文字。</translation>
    </message>
    <message>
        <source>As asked</source>
        <translation>按原设置</translation>
    </message>
    <message>
        <source>As many as the free memory of the card holds; the rest is slower.</source>
        <translation>放入显卡空闲显存能容纳的层数；其余部分较慢。</translation>
    </message>
    <message>
        <source>As you set it.</source>
        <translation>按你的设置。</translation>
    </message>
    <message>
        <source>Context of {0} tokens</source>
        <translation>上下文 {0} 词元</translation>
    </message>
    <message>
        <source>Does It Fit?</source>
        <translation>内存够用吗？</translation>
    </message>
    <message>
        <source>Each step comes on top of the ones before it.</source>
        <translation>每一步都在前面几步的基础上进行。</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash attention</translation>
    </message>
    <message>
        <source>For this once; the settings stay as they are</source>
        <translation>仅此一次；设置保持不变</translation>
    </message>
    <message>
        <source>Free in all</source>
        <translation>空闲合计</translation>
    </message>
    <message>
        <source>Free now</source>
        <translation>当前空闲</translation>
    </message>
    <message>
        <source>Given back by the loaded model</source>
        <translation>已载入的模型可释放</translation>
    </message>
    <message>
        <source>Lampblack would load it like this by itself.</source>
        <translation>Lampblack 会自动这样载入。</translation>
    </message>
    <message>
        <source>Lampblack would load it like this by itself: what does not stay in memory is read from the disk again and again, which is slow.</source>
        <translation>Lampblack 会自动这样载入：内存放不下的部分会反复从磁盘读取，因此很慢。</translation>
    </message>
    <message>
        <source>Load This Way</source>
        <translation>这样载入</translation>
    </message>
    <message>
        <source>Load as Asked Anyway</source>
        <translation>仍按原设置载入</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory of the text (KV cache) as {0}</source>
        <translation>上文记忆（KV 缓存）用 {0}</translation>
    </message>
    <message>
        <source>Needed</source>
        <translation>需要</translation>
    </message>
    <message>
        <source>Show in Catalogue</source>
        <translation>在目录中显示</translation>
    </message>
    <message>
        <source>The model sees that much of your text at once, in place of {0}.</source>
        <translation>模型一次能看到这么多文字，原为 {0}。</translation>
    </message>
    <message>
        <source>Ways to Load It</source>
        <translation>载入方式</translation>
    </message>
    <message>
        <source>What fits takes {0} % of the free memory at most: other programs need some, too.</source>
        <translation>放得下的标准是最多占用空闲内存的 {0}%：其他程序也要用一些。</translation>
    </message>
    <message>
        <source>What the model keeps of your text takes {0} a token in place of {1}; what it writes hardly changes.</source>
        <translation>模型为你的文字保存的记忆每个词元占 {0}，原为 {1}；写出的内容几乎不变。</translation>
    </message>
    <message>
        <source>With your settings as they are, whatever comes of it</source>
        <translation>完全按你的设置，后果自负</translation>
    </message>
    <message>
        <source>{0} It needs {1} at once and {2} at most, with a full context.</source>
        <translation>{0}一开始需要 {1}，上下文用满时最多需要 {2}。</translation>
    </message>
    <message>
        <source>{0} It needs {2} in all.</source>
        <translation>{0}总共需要 {2}。</translation>
    </message>
    <message>
        <source>{0} layers on the graphics card</source>
        <translation>{0} 层在显卡上</translation>
    </message>
    <message>
        <source>{0}: {1}, {2}</source>
        <translation>{0}：{1}，{2}</translation>
    </message>
</context>
<context>
    <name>FoldController</name>
    <message numerus="yes">
        <source>%n sections are folded; Ctrl+. shows the one at the cursor.</source>
        <translation>
            <numerusform>已折叠 %n 节；Ctrl+. 展开光标处的一节。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sections folded.</source>
        <translation>
            <numerusform>已折叠 %n 个章节。</numerusform>
        </translation>
    </message>
    <message>
        <source>All sections unfolded.</source>
        <translation>已展开所有章节。</translation>
    </message>
    <message>
        <source>Folded. The text is all there; Ctrl+. shows it again.</source>
        <translation>已折叠。文本仍在；按 Ctrl+. 可重新显示。</translation>
    </message>
    <message>
        <source>There is nothing to fold here: no heading above has text.</source>
        <translation>这里没有可折叠的内容：上方没有带正文的标题。</translation>
    </message>
    <message>
        <source>There is nothing to fold: this text has no headings.</source>
        <translation>没有可折叠的内容：此文本没有标题。</translation>
    </message>
    <message>
        <source>Unfolded.</source>
        <translation>已展开。</translation>
    </message>
</context>
<context>
    <name>FoldMarks</name>
    <message>
        <source>Unfold this section (Ctrl+.)</source>
        <translation>展开此章节（Ctrl+.）</translation>
    </message>
    <message>
        <source>Unfold “{0}”</source>
        <translation>展开“{0}”</translation>
    </message>
</context>
<context>
    <name>Folding</name>
    <message numerus="yes">
        <source>Folded, with {0} words out of sight.</source>
        <translation>
            <numerusform>已折叠，隐藏 {0} 字。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FontRow</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>GenerationController</name>
    <message>
        <source>Reading your text: {0} %</source>
        <translation>正在读取你的文字：{0}%</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>The text is longer than the model can read at once: it did not see the first {0} tokens.</source>
        <translation>文字超过了模型一次能读取的长度：开头的 {0} 个词元它没有看到。</translation>
    </message>
</context>
<context>
    <name>GoalButton</name>
    <message>
        <source>Today: {0} of {1} words of your own</source>
        <translation>今天：自己写了 {0} 字，目标 {1} 字</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{0} of {1} words wanted here</source>
        <translation>这里已有 {0} 字，目标 {1} 字</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>&amp;Licences…</source>
        <translation>许可证(&amp;L)…</translation>
    </message>
    <message>
        <source>A desktop studio for writing with a language model that never leaves the machine.

{0}

MIT licence.</source>
        <translation>用语言模型写作的桌面工作室，模型始终留在你的电脑上。

{0}

MIT 许可证。</translation>
    </message>
    <message>
        <source>About Lampblack</source>
        <translation>关于 Lampblack</translation>
    </message>
    <message>
        <source>Nothing you write is sent anywhere.</source>
        <translation>你写的内容从不外传。</translation>
    </message>
    <message>
        <source>Nothing you write is sent anywhere: the system lets this window open no network connection.</source>
        <translation>你写的内容从不外传：系统禁止本窗口打开任何网络连接。</translation>
    </message>
    <message>
        <source>See all that Lampblack consists of, and under what terms</source>
        <translation>查看 Lampblack 由哪些部分组成，以及各自的许可条款</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>before another take</source>
        <translation>重写之前</translation>
    </message>
    <message>
        <source>before another version replaced it</source>
        <translation>被另一版本替换之前</translation>
    </message>
    <message>
        <source>before it became much shorter</source>
        <translation>大幅变短之前</translation>
    </message>
    <message>
        <source>before replacing in many files</source>
        <translation>批量替换之前</translation>
    </message>
    <message>
        <source>before restoring</source>
        <translation>恢复之前</translation>
    </message>
    <message>
        <source>before the model wrote</source>
        <translation>模型写作之前</translation>
    </message>
    <message>
        <source>changed by another program</source>
        <translation>由其他程序更改</translation>
    </message>
    <message>
        <source>hourly</source>
        <translation>每小时</translation>
    </message>
    <message>
        <source>opened</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>saved</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>HistoryController</name>
    <message>
        <source>Its history is here now.</source>
        <translation>它的历史已移到这里。</translation>
    </message>
    <message>
        <source>Restored. Undo takes it back.</source>
        <translation>已恢复。撤销可以收回。</translation>
    </message>
    <message>
        <source>Show History</source>
        <translation>显示历史</translation>
    </message>
    <message>
        <source>The Same Document</source>
        <translation>同一文档</translation>
    </message>
    <message>
        <source>The text has changed meanwhile: open the history again.</source>
        <translation>其间文字有了改动：请重新打开历史。</translation>
    </message>
    <message>
        <source>This text can only be read here.</source>
        <translation>此处只能阅读这篇文字。</translation>
    </message>
    <message>
        <source>This text is much like {0}, which is not there any more. Is it the same document, moved or renamed? Then its history belongs here.</source>
        <translation>这篇文字与 {0} 很相似，而那个文件已经不在了。它是同一文档，被移动或改名了吗？如果是，它的历史就属于这里。</translation>
    </message>
    <message>
        <source>This was {0} before: its history was found again.</source>
        <translation>它以前是 {0}：已重新找到它的历史。</translation>
    </message>
    <message>
        <source>What {0} held before it was saved over is kept in the history.</source>
        <translation>{0} 被覆盖保存之前的内容已存入历史。</translation>
    </message>
    <message>
        <source>{0} has become much shorter. What it held before is kept in the history.</source>
        <translation>{0} 变短了很多。之前的内容已存入历史。</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>Compared with the text as it is now: underlined is what was written since, struck through what was cut. Mark a passage to restore it alone.</source>
        <translation>与现在的文字比较：下划线是此后写下的，删除线是此后删去的。选中一段，可以只恢复这一段。</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>No version of this document is kept yet. One is kept as you open and save it, before the model writes, and every hour while you work.</source>
        <translation>还没有保留本文档的任何版本。打开和保存时、模型写作之前，以及写作期间每小时，都会保留一个版本。</translation>
    </message>
    <message>
        <source>Nothing has changed since this version.</source>
        <translation>自这个版本以来没有改动。</translation>
    </message>
    <message>
        <source>Restore All of It</source>
        <translation>全部恢复</translation>
    </message>
    <message>
        <source>Restore the Marked Passage</source>
        <translation>恢复选中的段落</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>What changed since this version</source>
        <translation>自这个版本以来的改动</translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n image(s) were left out.</source>
        <translation>
            <numerusform>有 %n 张图片未导出。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tracked change(s) of formatting are accepted.</source>
        <translation>
            <numerusform>已接受 %n 处带修订标记的格式更改。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>导入(&amp;I)</translation>
    </message>
    <message>
        <source>As &amp;one new document</source>
        <translation>作为一篇新文档(&amp;O)</translation>
    </message>
    <message>
        <source>As a &amp;book, with a file for each chapter</source>
        <translation>作为一本书，每章一个文件(&amp;B)</translation>
    </message>
    <message>
        <source>Chapters found</source>
        <translation>找到的章节</translation>
    </message>
    <message>
        <source>Choos&amp;e…</source>
        <translation>选择(&amp;E)…</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Headings, emphasis, lists, quotes, scene breaks, links and footnotes are kept.</source>
        <translation>标题、强调、列表、引文、场景分隔、链接和脚注都会保留。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Name the folder first.</source>
        <translation>请先填写文件夹。</translation>
    </message>
    <message>
        <source>Nothing that is in the folder is written over</source>
        <translation>文件夹中已有的内容不会被覆盖</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>正在读取 {0}…</translation>
    </message>
    <message>
        <source>Take the text in</source>
        <translation>把文稿导入进来</translation>
    </message>
    <message>
        <source>The chapters that were found, and their words</source>
        <translation>找到的章节及其字数</translation>
    </message>
    <message>
        <source>The text comes on the page; it is not saved yet</source>
        <translation>文稿放到页面上，尚未保存</translation>
    </message>
    <message>
        <source>Tracked changes stay open in one document; in a book they are accepted.</source>
        <translation>导入为一个文档时，修订仍为待定；导入为书时，修订会被接受。</translation>
    </message>
    <message>
        <source>Where the chapters go; the folder is made if need be</source>
        <translation>章节放在哪里；没有该文件夹时会新建</translation>
    </message>
    <message>
        <source>Writing {0}…</source>
        <translation>正在写入 {0}…</translation>
    </message>
    <message>
        <source>{0} by {1}</source>
        <translation>{0}，{1} 著</translation>
    </message>
    <message numerus="yes">
        <source>{0} chapters</source>
        <translation>
            <numerusform>{0} 章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 词</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InfluenceController</name>
    <message>
        <source>A server cannot say what drove a sentence. Load a model of this machine.</source>
        <translation>服务器无法说明是什么促成了一个句子。请加载本机的模型。</translation>
    </message>
    <message>
        <source>Load a model first: it is what the sentence is scored with.</source>
        <translation>请先加载模型：要用它来给句子打分。</translation>
    </message>
    <message>
        <source>Put the cursor into a sentence, or select one.</source>
        <translation>请把光标放在一个句子里，或选中一个句子。</translation>
    </message>
    <message>
        <source>This model only sorts texts; it cannot score a sentence.</source>
        <translation>此模型只能给文本分类，不能给句子打分。</translation>
    </message>
</context>
<context>
    <name>InfluenceDialog</name>
    <message>
        <source>After the whole prompt the log probability of its {0} is {1} nats.</source>
        <translation>在完整提示词之后，这句的 {0}的对数概率为 {1} 奈特。</translation>
    </message>
    <message>
        <source>Another model is loaded now. Close this window, and ask again.</source>
        <translation>现在加载的是另一个模型。请关闭此窗口后重新询问。</translation>
    </message>
    <message>
        <source>Another model wrote it than the one that is loaded.</source>
        <translation>写这句的模型不是现在加载的模型。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the list as text</source>
        <translation>以文本形式复制列表</translation>
    </message>
    <message>
        <source>Counting the parts of the prompt…</source>
        <translation>正在统计提示词的各部分…</translation>
    </message>
    <message>
        <source>Go On</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go There</source>
        <translation>转到该处</translation>
    </message>
    <message>
        <source>Go to the selected part: on the page or in the memory</source>
        <translation>转到所选部分：在页面上或在记忆中</translation>
    </message>
    <message>
        <source>How this is found: each part is left out once, and the sentence is scored again (leave-one-out). The number is how much less likely the sentence is without it; a hollow bar and a minus mean that it would be likelier. Parts that say the same cover for each other: then none of them seems to matter. It tells what this model does with this prompt, not why.</source>
        <translation>方法：每个部分各省略一次，再给句子重新打分（留一法）。数字表示没有该部分时句子的可能性降低多少；空心条和负号表示没有它时句子反而更可能。内容相同的部分会互相替代：这时它们看起来都不重要。这只说明此模型如何对待此提示词，并不说明原因。</translation>
    </message>
    <message>
        <source>Nothing stands before this sentence that could be left out.</source>
        <translation>这句之前没有可以省略的内容。</translation>
    </message>
    <message>
        <source>Parts of the prompt, what mattered most first</source>
        <translation>提示词的各部分，影响最大的在前</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>正在读取提示词…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>That means reading {0}</source>
        <translation>这需要读取 {0}</translation>
    </message>
    <message>
        <source>The prompt is the one that this take was written from.</source>
        <translation>所用的是写出这个版本时的提示词。</translation>
    </message>
    <message>
        <source>The prompt is what the model would read before the sentence now.</source>
        <translation>所用的是模型现在在这句之前会读到的提示词。</translation>
    </message>
    <message>
        <source>The sentence</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>The text was changed meanwhile; this is about the text as it was.</source>
        <translation>文本在此期间有改动；这里说的是改动之前的文本。</translation>
    </message>
    <message>
        <source>What Drove This</source>
        <translation>是什么促成了这句</translation>
    </message>
    <message>
        <source>What the model is asked to write goes before it.</source>
        <translation>请模型写作的任务优先于此。</translation>
    </message>
    <message numerus="yes">
        <source>{0} of {1} parts</source>
        <translation>
            <numerusform>已完成 {0} / {1} 个部分</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of {1} parts were left out so far; the rest is not known.</source>
        <translation>
            <numerusform>到目前为止省略了 {1} 个部分中的 {0} 个；其余的尚不清楚。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs at the beginning have no room.</source>
        <translation>
            <numerusform>开头有 {0} 段放不下。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} parts are left out, one after the other.</source>
        <translation>
            <numerusform>正在逐一省略 {0} 个部分。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} parts are to be left out, one after the other.</source>
        <translation>
            <numerusform>将逐一省略 {0} 个部分。</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}, {1} left</source>
        <translation>{0}，还需{1}</translation>
    </message>
    <message>
        <source>{0}: {1}.</source>
        <translation>{0}：{1}。</translation>
    </message>
    <message>
        <source>{0}; how long it takes is known once some are read.</source>
        <translation>{0}；读取一部分之后才知道需要多久。</translation>
    </message>
    <message>
        <source>“{0}”</source>
        <translation>“{0}”</translation>
    </message>
</context>
<context>
    <name>InfluenceWords</name>
    <message numerus="yes">
        <source>about {0} minutes</source>
        <translation>
            <numerusform>约 {0} 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about {0} seconds</source>
        <translation>
            <numerusform>约 {0} 秒</numerusform>
        </translation>
    </message>
    <message>
        <source>hardly matters</source>
        <translation>几乎没有影响</translation>
    </message>
    <message>
        <source>less than a second</source>
        <translation>不到一秒</translation>
    </message>
    <message>
        <source>makes the sentence less likely: without it, {0} times as likely</source>
        <translation>使这句更不可能：没有它时可能性为 {0} 倍</translation>
    </message>
    <message>
        <source>makes the sentence {0} times as likely</source>
        <translation>使这句的可能性变为 {0} 倍</translation>
    </message>
    <message>
        <source>the same paragraph</source>
        <translation>同一段</translation>
    </message>
    <message>
        <source>{0} nats</source>
        <translation>{0} 奈特</translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs above</source>
        <translation>
            <numerusform>上方第 {0} 段</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}; {1}</source>
        <translation>{0}；{1}</translation>
    </message>
    <message>
        <source>“{0}”</source>
        <translation>“{0}”</translation>
    </message>
</context>
<context>
    <name>InstalledTab</name>
    <message>
        <source>About the model</source>
        <translation>关于模型</translation>
    </message>
    <message>
        <source>Any purpose</source>
        <translation>任何用途</translation>
    </message>
    <message>
        <source>Belongs to {0}</source>
        <translation>属于 {0}</translation>
    </message>
    <message>
        <source>Find a Model…</source>
        <translation>查找模型…</translation>
    </message>
    <message>
        <source>Last used {0}</source>
        <translation>上次使用：{0}</translation>
    </message>
    <message>
        <source>Licence: {0}</source>
        <translation>许可证：{0}</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Looking at the disk…</source>
        <translation>正在查看磁盘…</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>本机上的模型</translation>
    </message>
    <message>
        <source>No models yet. Drop a model (a .gguf file or a folder) here, or find one.</source>
        <translation>还没有模型。把模型（.gguf 文件或文件夹）拖到这里，或者去找一个。</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Recommended for</source>
        <translation>适合用途</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>排序方式</translation>
    </message>
    <message>
        <source>Takes {0} on disk</source>
        <translation>占用磁盘 {0}</translation>
    </message>
    <message>
        <source>Try It Again…</source>
        <translation>再次试用…</translation>
    </message>
    <message>
        <source>Try It Out…</source>
        <translation>试用…</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Your notes on this model</source>
        <translation>你对这个模型的备注</translation>
    </message>
</context>
<context>
    <name>InstructionLine</name>
    <message>
        <source>Instruction</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Press Enter to have it written at the cursor (Ctrl+I)</source>
        <translation>按 Enter 在光标处写出（Ctrl+I）</translation>
    </message>
    <message>
        <source>Tell the model what to write here, for example: the next paragraph as a letter</source>
        <translation>告诉模型在这里写什么，例如：把下一段写成一封信</translation>
    </message>
    <message>
        <source>{0} only goes on with text; it was not made to follow instructions.</source>
        <translation>{0} 只会续写，没有为执行指令而训练。</translation>
    </message>
</context>
<context>
    <name>KeptHere</name>
    <message>
        <source>May be sent to other machines.</source>
        <translation>可以发往其他电脑。</translation>
    </message>
    <message>
        <source>Sent to no other machine.</source>
        <translation>不发往任何其他电脑。</translation>
    </message>
</context>
<context>
    <name>Languages</name>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯语</translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation>保加利亚语</translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation>加泰罗尼亚语</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Croatian</source>
        <translation>克罗地亚语</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克语</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麦语</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷兰语</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Estonian</source>
        <translation>爱沙尼亚语</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬兰语</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>Galician</source>
        <translation>加利西亚语</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊语</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地语</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利语</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印度尼西亚语</translation>
    </message>
    <message>
        <source>Irish</source>
        <translation>爱尔兰语</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利语</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日语</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩语</translation>
    </message>
    <message>
        <source>Latvian</source>
        <translation>拉脱维亚语</translation>
    </message>
    <message>
        <source>Lithuanian</source>
        <translation>立陶宛语</translation>
    </message>
    <message>
        <source>Maltese</source>
        <translation>马耳他语</translation>
    </message>
    <message>
        <source>Norwegian Bokmål</source>
        <translation>挪威语</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波兰语</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙语</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚语</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Slovak</source>
        <translation>斯洛伐克语</translation>
    </message>
    <message>
        <source>Slovenian</source>
        <translation>斯洛文尼亚语</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典语</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰语</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其语</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>乌克兰语</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南语</translation>
    </message>
</context>
<context>
    <name>LearnedRow</name>
    <message>
        <source>Attach</source>
        <translation>附加</translation>
    </message>
    <message>
        <source>Attach {0}</source>
        <translation>附加 {0}</translation>
    </message>
    <message>
        <source>Learned {0} on {1}, from {2} words; loss {3} before, {4} after.</source>
        <translation>{0} 在 {1} 上学成，来自 {2} 字；损失之前 {3}，之后 {4}。</translation>
    </message>
    <message>
        <source>Move {0} to the trash</source>
        <translation>将 {0} 移到回收站</translation>
    </message>
    <message>
        <source>Show {0} in its folder</source>
        <translation>在文件夹中显示 {0}</translation>
    </message>
</context>
<context>
    <name>Learning</name>
    <message>
        <source>In the blind test you took {0} of {1} learned texts for your own.</source>
        <translation>盲测中，您把 {1} 段学来的文本中的 {0} 段认作自己的。</translation>
    </message>
    <message>
        <source>It takes about {0} of memory, and only {1} are free: close other programs first, or unload the model, or this machine becomes slow.</source>
        <translation>约需 {0} 内存，而空闲的只有 {1}：请先关闭其他程序，或卸载模型，否则这台机器会变慢。</translation>
    </message>
    <message>
        <source>It takes about {0} of memory; {1} are free.</source>
        <translation>约需 {0} 内存；空闲 {1}。</translation>
    </message>
    <message>
        <source>It took {0}, at {1} tokens per second, and {2} of memory.</source>
        <translation>用时 {0}，每秒 {1} 个词元，占用内存 {2}。</translation>
    </message>
    <message>
        <source>Learned {0} on {1}, from {2} words: {3}.</source>
        <translation>{0} 在 {1} 上学成，来自 {2} 字：{3}。</translation>
    </message>
    <message>
        <source>Loss on pages held out: {0} before, {1} after, at step {2} of {3}. Lower is nearer to you.</source>
        <translation>留出页上的损失：之前 {0}，之后 {1}，在第 {2} 步，共 {3} 步。越低越接近您。</translation>
    </message>
    <message>
        <source>Who chooses without looking gets {0} or more of {1} in 1 of {2} tries.</source>
        <translation>不看而选的人，每 {2} 次有 1 次能在 {1} 对中选中 {0} 对或更多。</translation>
    </message>
    <message>
        <source>Who chooses without looking gets {0} or more of {1} in about {2} of 100 tries.</source>
        <translation>不看而选的人，每 100 次约有 {2} 次能在 {1} 对中选中 {0} 对或更多。</translation>
    </message>
    <message>
        <source>broken off</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 等另外 {1} 个</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} tokens to learn and {1} held out to test with, {2} steps: about {3} on this machine.</source>
        <translation>学习 {0} 个词元，留出 {1} 个用于测试，共 {2} 步：在这台机器上约需 {3}。</translation>
    </message>
    <message>
        <source>{0} {1}, after {2} steps, on {3}</source>
        <translation>{1} {0}，已完成 {2} 步，模型 {3}</translation>
    </message>
</context>
<context>
    <name>LearningButton</name>
    <message>
        <source>Learned: {0}</source>
        <translation>已学会：{0}</translation>
    </message>
    <message>
        <source>Learning: paused</source>
        <translation>学习：已暂停</translation>
    </message>
    <message>
        <source>Learning: writing samples</source>
        <translation>学习：正在写样本</translation>
    </message>
    <message>
        <source>Learning: {0}</source>
        <translation>学习：{0}</translation>
    </message>
    <message>
        <source>Learning…</source>
        <translation>正在学习…</translation>
    </message>
    <message>
        <source>Show what is learned, and how far it is</source>
        <translation>显示正在学习的内容及其进度</translation>
    </message>
</context>
<context>
    <name>LearningController</name>
    <message>
        <source>Learning was stopped.</source>
        <translation>学习已停止。</translation>
    </message>
    <message>
        <source>“{0}” is learned.</source>
        <translation>“{0}”已学会。</translation>
    </message>
</context>
<context>
    <name>LearningQuestions</name>
    <message>
        <source>Add Pages</source>
        <translation>添加文稿</translation>
    </message>
    <message>
        <source>Add a Folder of Pages</source>
        <translation>添加文稿文件夹</translation>
    </message>
    <message>
        <source>Leave while “{0}” is being learned?</source>
        <translation>“{0}”正在学习，要退出吗？</translation>
    </message>
    <message>
        <source>Stop and Leave</source>
        <translation>停止并退出</translation>
    </message>
    <message>
        <source>Texts ({0});;All files (*)</source>
        <translation>文本 ({0});;所有文件 (*)</translation>
    </message>
    <message>
        <source>The training is stopped; what was learned so far is kept. Go on with it later in Model, Learn My Style.</source>
        <translation>训练会停止；到目前为止学到的会保留。以后可在“模型”&gt;“学习我的文风”中继续。</translation>
    </message>
</context>
<context>
    <name>LearningWindow</name>
    <message>
        <source>Learn My Style</source>
        <translation>学习我的文风</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Filter</source>
        <translation>筛选(&amp;F)</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Copy the name, the version and the text of this licence</source>
        <translation>复制此组件的名称、版本和许可证全文</translation>
    </message>
    <message>
        <source>Lampblack is free software under the MIT licence. All that it carries is listed here, each with its own terms.</source>
        <translation>Lampblack 是自由软件，采用 MIT 许可证。它所附带的全部组件都列在这里，各有自己的条款。</translation>
    </message>
    <message>
        <source>Lampblack is free software under the MIT licence. These are the packages that it runs with here; a bundle, which carries Qt, llama.cpp and the starter model as well, holds the complete list.</source>
        <translation>Lampblack 是自由软件，采用 MIT 许可证。这里是它在本机运行所用的软件包；安装包还附带 Qt、llama.cpp 和入门模型，完整的清单在安装包里。</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>List only those whose name or licence has these letters</source>
        <translation>只列出名称或许可证含有这些字的组件</translation>
    </message>
    <message>
        <source>Looking for the licences…</source>
        <translation>正在查找许可证…</translation>
    </message>
    <message>
        <source>Name or licence</source>
        <translation>名称或许可证</translation>
    </message>
    <message>
        <source>The licence</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>The text of the selected component’s licence</source>
        <translation>所选组件的许可证全文</translation>
    </message>
    <message>
        <source>What Lampblack consists of</source>
        <translation>Lampblack 的组成部分</translation>
    </message>
    <message numerus="yes">
        <source>{0} components</source>
        <translation>
            <numerusform>{0} 个组件</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{1}中的 {0} 个</translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>LockController</name>
    <message>
        <source>&amp;Close the Window</source>
        <translation>关闭窗口(&amp;C)</translation>
    </message>
    <message>
        <source>Set a passphrase first: without one there is no lock.</source>
        <translation>请先设置口令：没有口令就无法锁定。</translation>
    </message>
    <message>
        <source>There is text that is not saved: unlock first.</source>
        <translation>有尚未保存的文字：请先解锁。</translation>
    </message>
</context>
<context>
    <name>LookForm</name>
    <message numerus="yes">
        <source>%n image(s) will be left out.</source>
        <translation>
            <numerusform>有 %n 张图片不会导出。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Author</source>
        <translation>作者(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Profile</source>
        <translation>配置(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>标题(&amp;T)</translation>
    </message>
    <message>
        <source>A&amp;ddress</source>
        <translation>地址(&amp;D)</translation>
    </message>
    <message>
        <source>Change, save, remove or share profiles</source>
        <translation>更改、保存、移除或分享配置</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>How it looks</source>
        <translation>版式</translation>
    </message>
    <message>
        <source>Name, street, e-mail, telephone: on the first page of a submission</source>
        <translation>姓名、地址、电子邮件、电话：印在投稿的首页</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Share…</source>
        <translation>分享…</translation>
    </message>
    <message>
        <source>Take In a Shared Profile…</source>
        <translation>接收分享的配置…</translation>
    </message>
    <message>
        <source>Te&amp;xt</source>
        <translation>文本(&amp;X)</translation>
    </message>
    <message>
        <source>The language of the text, such as en or zh-CN</source>
        <translation>文稿的语言，如 en 或 zh-CN</translation>
    </message>
    <message>
        <source>What is taken</source>
        <translation>取哪些内容</translation>
    </message>
    <message>
        <source>What the title page and the running head say</source>
        <translation>标题页和页眉上的标题</translation>
    </message>
    <message>
        <source>Who has written it</source>
        <translation>作者是谁</translation>
    </message>
</context>
<context>
    <name>LoreEditor</name>
    <message>
        <source>Add an entry</source>
        <translation>添加条目</translation>
    </message>
    <message>
        <source>An entry is a person, a place or a thing. It is sent when its name occurs near the cursor, or in an entry that is sent.</source>
        <translation>条目可以是人物、地点或事物。当它的名字出现在光标附近，或出现在已发送的条目中时，就会发送。</translation>
    </message>
    <message>
        <source>Bring the deleted entry back</source>
        <translation>恢复删除的条目</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete removes the selected entry.</source>
        <translation>按 Delete 删除所选条目。</translation>
    </message>
    <message>
        <source>Delete this entry</source>
        <translation>删除此条目</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the entries</source>
        <translation>筛选条目</translation>
    </message>
    <message>
        <source>Lore entries</source>
        <translation>设定条目</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名字</translation>
    </message>
    <message>
        <source>New entry</source>
        <translation>新条目</translation>
    </message>
    <message>
        <source>No entry has this in its names or its text.</source>
        <translation>没有条目的名字或内容含有它。</translation>
    </message>
    <message>
        <source>Other spellings and inflections</source>
        <translation>其他写法和变形</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>What the model is told</source>
        <translation>告诉模型的内容</translation>
    </message>
    <message>
        <source>with commas between them</source>
        <translation>用逗号分隔</translation>
    </message>
    <message>
        <source>“{0}” was deleted.</source>
        <translation>已删除“{0}”。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Choose the model to write with.</source>
        <translation>请选择用来写作的模型。</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>The preset suggested for {0} is set: it keeps the text from repeating itself.</source>
        <translation>已采用适合 {0} 的预设：避免文字自我重复。</translation>
    </message>
</context>
<context>
    <name>Manager</name>
    <message>
        <source>Answering</source>
        <translation>回答问题</translation>
    </message>
    <message>
        <source>Best for This Machine</source>
        <translation>最适合本机</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Draft model: {0}</source>
        <translation>草稿模型：{0}</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>放得下</translation>
    </message>
    <message>
        <source>From the catalogue</source>
        <translation>来自模型目录</translation>
    </message>
    <message>
        <source>From the catalogue, verified on {0}</source>
        <translation>来自模型目录，校验于 {0}</translation>
    </message>
    <message>
        <source>Going on with prose</source>
        <translation>续写文章</translation>
    </message>
    <message>
        <source>Last Used</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Memory Needed</source>
        <translation>所需内存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Rewriting</source>
        <translation>改写</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Sorting texts</source>
        <translation>文本分类</translation>
    </message>
    <message>
        <source>Summarising</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>Translating</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>Verified on {0}</source>
        <translation>校验于 {0}</translation>
    </message>
    <message>
        <source>follows instructions</source>
        <translation>执行指令</translation>
    </message>
    <message>
        <source>goes on with text</source>
        <translation>续写</translation>
    </message>
    <message>
        <source>here</source>
        <translation>已在本机</translation>
    </message>
    <message>
        <source>loaded</source>
        <translation>已载入</translation>
    </message>
    <message>
        <source>many languages</source>
        <translation>多种语言</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>{0} The button Smaller Copy… makes it; this model stays as it is.</source>
        <translation>{0}点“小体积副本…”即可制作；这个模型保持不变。</translation>
    </message>
    <message>
        <source>{0} context</source>
        <translation>上下文 {0}</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
</context>
<context>
    <name>ManagerQuestions</name>
    <message>
        <source>Add a Model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download {0}?</source>
        <translation>下载 {0}？</translation>
    </message>
    <message>
        <source>It comes from {0} and takes {1}; {2} are free on the disk. Every byte is checked, and nothing you write is sent. You can pause it and go on at any time. For {0} you are asked only this once, unless you choose otherwise in Settings.</source>
        <translation>它来自 {0}，占用 {1}；磁盘还有 {2} 空闲。每个字节都会校验，你写的内容从不外传。可以随时暂停和继续。对于 {0} 只询问这一次，除非你在设置中另作选择。</translation>
    </message>
    <message>
        <source>Load and Try Out</source>
        <translation>载入并试用</translation>
    </message>
    <message>
        <source>Load {0} to try it out?</source>
        <translation>载入 {0} 试用一下？</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Look for models that other programs have?</source>
        <translation>查找其他程序的模型？</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>模型 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Not Now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Show this model as (empty for its own name):</source>
        <translation>将这个模型显示为（留空则用原名）：</translation>
    </message>
    <message>
        <source>The folders where {0} keep their models are looked at; nothing in them is ever changed.</source>
        <translation>将查看 {0} 存放模型的文件夹；其中的内容不会有任何改动。</translation>
    </message>
    <message>
        <source>The model that is loaded now makes room for it; you can load it again later.</source>
        <translation>当前载入的模型会让出内存；之后可以再次载入。</translation>
    </message>
    <message>
        <source>Use Them</source>
        <translation>使用这些模型</translation>
    </message>
    <message>
        <source>Use these models where they lie?</source>
        <translation>就地使用这些模型？</translation>
    </message>
    <message>
        <source>Watch a Folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message>
        <source>a size that only the host knows</source>
        <translation>大小未知（只有站点知道）</translation>
    </message>
    <message>
        <source>{0}: {1} in {2}</source>
        <translation>{0}：{1}，位于 {2}</translation>
    </message>
</context>
<context>
    <name>ManuscriptParts</name>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
</context>
<context>
    <name>MarginMarks</name>
    <message>
        <source>See the takes that were written here (Ctrl+F3)</source>
        <translation>查看在此处写下的候选稿（Ctrl+F3）</translation>
    </message>
    <message>
        <source>Takes of this line</source>
        <translation>此行的候选稿</translation>
    </message>
</context>
<context>
    <name>MemoryPage</name>
    <message>
        <source>A number from {0} to {1}</source>
        <translation>从 {0} 到 {1} 的数</translation>
    </message>
    <message>
        <source>Always sent, ahead of the text.</source>
        <translation>总是发送，放在正文之前。</translation>
    </message>
    <message>
        <source>Author’s note</source>
        <translation>作者注</translation>
    </message>
    <message>
        <source>Import or export</source>
        <translation>导入或导出</translation>
    </message>
    <message>
        <source>Lore</source>
        <translation>设定</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Only the first {0} characters of each field are kept.</source>
        <translation>每栏只保留前 {0} 个字符。</translation>
    </message>
    <message>
        <source>Paragraphs after it</source>
        <translation>其后的段落数</translation>
    </message>
    <message>
        <source>Paragraphs after the author’s note</source>
        <translation>作者注之后的段落数</translation>
    </message>
    <message>
        <source>See what the model reads</source>
        <translation>查看模型读到什么</translation>
    </message>
    <message>
        <source>Sent near the end, where it weighs most.</source>
        <translation>放在结尾附近，那里影响最大。</translation>
    </message>
</context>
<context>
    <name>ModelController</name>
    <message>
        <source>Finding out how {0} runs fastest here…</source>
        <translation>正在测试 {0} 在本机怎样跑得最快…</translation>
    </message>
    <message>
        <source>Load on the processor</source>
        <translation>用处理器载入</translation>
    </message>
    <message>
        <source>Show Downloads</source>
        <translation>显示下载</translation>
    </message>
    <message>
        <source>Show Engines</source>
        <translation>显示引擎</translation>
    </message>
    <message>
        <source>The graphics card ({0}) failed while loading {1} last time.</source>
        <translation>上次载入 {1} 时显卡（{0}）出了故障。</translation>
    </message>
    <message>
        <source>Try the graphics card again</source>
        <translation>再试一次显卡</translation>
    </message>
    <message>
        <source>{0} is on the processor, because the graphics card failed with it.</source>
        <translation>{0} 在处理器上运行，因为显卡运行它时出了故障。</translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message>
        <source>Add a Model File…</source>
        <translation>添加模型文件…</translation>
    </message>
    <message>
        <source>Add and Watch</source>
        <translation>添加并监视</translation>
    </message>
    <message>
        <source>Catalogue</source>
        <translation>模型目录</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Downloads ({0})</source>
        <translation>下载（{0}）</translation>
    </message>
    <message>
        <source>Find Duplicates</source>
        <translation>查找重复模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models of Other Programs…</source>
        <translation>其他程序的模型…</translation>
    </message>
    <message>
        <source>Models stay where they are; nothing is copied</source>
        <translation>模型留在原处，不会复制</translation>
    </message>
    <message>
        <source>On This Machine</source>
        <translation>本机模型</translation>
    </message>
    <message>
        <source>Stop Using the Models of {0}</source>
        <translation>不再使用 {0} 的模型</translation>
    </message>
    <message>
        <source>Stop Watching {0}</source>
        <translation>停止监视 {0}</translation>
    </message>
    <message>
        <source>Watch a Folder…</source>
        <translation>监视文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>{0} models, {1} on disk</source>
        <translation>
            <numerusform>{0} 个模型，占用磁盘 {1}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelOperations</name>
    <message>
        <source>Comparing the models…</source>
        <translation>正在比较模型…</translation>
    </message>
    <message>
        <source>No model is here twice.</source>
        <translation>没有重复的模型。</translation>
    </message>
    <message>
        <source>No models of other programs were found.</source>
        <translation>没有找到其他程序的模型。</translation>
    </message>
    <message>
        <source>The same content, {0} each: {1}.</source>
        <translation>内容相同，各占 {0}：{1}。</translation>
    </message>
    <message>
        <source>Verifying {0}…</source>
        <translation>正在校验 {0}…</translation>
    </message>
    <message>
        <source>{0} is sound; every byte was compared with {1}.</source>
        <translation>{0} 完好；每个字节都与 {1} 比对过。</translation>
    </message>
    <message>
        <source>{0} was read to the end; Verify will tell from now on if its file has changed.</source>
        <translation>{0} 已完整读取；今后“校验”能看出文件是否有变化。</translation>
    </message>
</context>
<context>
    <name>ModelRemoval</name>
    <message>
        <source>{0} is in the trash; emptying it frees {1}.</source>
        <translation>{0} 已移到回收站；清空后可腾出 {1}。</translation>
    </message>
    <message>
        <source>{0} is off the list.</source>
        <translation>{0} 已从列表中移除。</translation>
    </message>
    <message>
        <source>{0} is off the list; its files stay where they are.</source>
        <translation>{0} 已从列表中移除；文件留在原处。</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>Connecting to {0}…</source>
        <translation>正在连接 {0}…</translation>
    </message>
    <message>
        <source>End the connection; nothing more is sent there</source>
        <translation>断开连接；不再向那里发送任何内容</translation>
    </message>
    <message>
        <source>Give the model&apos;s memory back</source>
        <translation>释放模型占用的内存</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Loading {0}…</source>
        <translation>正在载入 {0}…</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Write with a model of this server</source>
        <translation>用这台服务器的模型写作</translation>
    </message>
    <message>
        <source>Write with this model</source>
        <translation>用这个模型写作</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>loaded</source>
        <translation>已载入</translation>
    </message>
    <message>
        <source>on this machine</source>
        <translation>在本机</translation>
    </message>
    <message>
        <source>text leaves this machine</source>
        <translation>文字会离开本机</translation>
    </message>
    <message>
        <source>{0} context</source>
        <translation>上下文 {0}</translation>
    </message>
    <message>
        <source>{0} is watched from now on: the models in it are on the list.</source>
        <translation>开始监视 {0}：其中的模型已列入列表。</translation>
    </message>
    <message>
        <source>{0} parameters</source>
        <translation>{0} 参数</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>Close the message</source>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>Edit the server…</source>
        <translation>编辑服务器…</translation>
    </message>
    <message>
        <source>Find, download, check and remove models</source>
        <translation>查找、下载、校验和移除模型</translation>
    </message>
    <message>
        <source>Get the starter model</source>
        <translation>获取入门模型</translation>
    </message>
    <message>
        <source>Manage models…</source>
        <translation>管理模型…</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>本机上的模型</translation>
    </message>
    <message>
        <source>No models yet.

Drop a model (a .gguf file or a folder) here, add one from disk, or get the small starter model to begin with.</source>
        <translation>还没有模型。

把模型（.gguf 文件或文件夹）拖到这里，从磁盘添加一个，或者先获取小巧的入门模型。</translation>
    </message>
    <message>
        <source>No models yet.

Drop a model (a .gguf file or a folder) here, or add one from disk.</source>
        <translation>还没有模型。

把模型（.gguf 文件或文件夹）拖到这里，或者从磁盘添加一个。</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Take it off the list, and forget its key</source>
        <translation>从列表中移除，并忘记它的密钥</translation>
    </message>
    <message>
        <source>Take it off the list, or into the trash</source>
        <translation>从列表中移除，或移到回收站</translation>
    </message>
</context>
<context>
    <name>NoteKeeper</name>
    <message>
        <source>The passage is not in the text any more.</source>
        <translation>该段落已不在文字中。</translation>
    </message>
</context>
<context>
    <name>NotesPage</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>插入</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Put the note&apos;s text at the cursor</source>
        <translation>把笔记的文字放到光标处</translation>
    </message>
    <message>
        <source>Select the next passage of the text that the note came from</source>
        <translation>选中笔记所依据的下一段原文</translation>
    </message>
    <message>
        <source>Show the Next Source</source>
        <translation>显示下一处来源</translation>
    </message>
    <message>
        <source>Summaries, explanations, titles and questions of a reader come here. Select text and press Ctrl+K.</source>
        <translation>摘要、解释、标题和读者的问题会出现在这里。选中文字后按 Ctrl+K。</translation>
    </message>
    <message>
        <source>Text of the note</source>
        <translation>笔记的文字</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Lampblack ended unexpectedly last time. A report of it is kept on this computer.</source>
        <translation>Lampblack 上次意外退出。报告保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Load Again</source>
        <translation>重新载入</translation>
    </message>
    <message>
        <source>Show It</source>
        <translation>显示报告</translation>
    </message>
    <message>
        <source>Something went wrong in Lampblack; your text is safe. A report of it is kept on this computer.</source>
        <translation>Lampblack 出了问题；你的文字是安全的。报告保存在这台电脑上。</translation>
    </message>
    <message>
        <source>What you changed in the model&apos;s settings takes effect when it is loaded again.</source>
        <translation>你对模型设置的更改将在重新载入后生效。</translation>
    </message>
</context>
<context>
    <name>NumberRow</name>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>OpenAsDialog</name>
    <message>
        <source>Before it became UTF-8, {0}</source>
        <translation>改为 UTF-8 之前，{0}</translation>
    </message>
    <message>
        <source>Choose the encoding in which {0} reads well.</source>
        <translation>请选择能正常显示 {0} 的编码。</translation>
    </message>
    <message>
        <source>Choose the one in which the text reads well</source>
        <translation>选择能正常显示文字的编码</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Find an encoding</source>
        <translation>查找编码</translation>
    </message>
    <message>
        <source>Find an encoding, such as Cyrillic or Korean</source>
        <translation>查找编码，例如“西里尔”或“韩文”</translation>
    </message>
    <message>
        <source>No encoding has such a name.</source>
        <translation>没有这个名称的编码。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open As</source>
        <translation>用其他编码打开</translation>
    </message>
    <message>
        <source>Open the text as it is shown</source>
        <translation>按所显示的样子打开文字</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>The file as it is now</source>
        <translation>文件的现有内容</translation>
    </message>
    <message>
        <source>The file, or what it held before its encoding was changed</source>
        <translation>文件本身，或它更改编码之前的内容</translation>
    </message>
    <message>
        <source>This is not {0}: byte {1} has no meaning there.</source>
        <translation>这不是 {0}：第 {1} 个字节在该编码中没有意义。</translation>
    </message>
    <message>
        <source>What to open</source>
        <translation>要打开的内容</translation>
    </message>
</context>
<context>
    <name>OpenElsewhere</name>
    <message>
        <source>Edit It Here</source>
        <translation>在此编辑</translation>
    </message>
    <message>
        <source>Go There</source>
        <translation>转到那里</translation>
    </message>
    <message>
        <source>Open a Copy</source>
        <translation>打开副本</translation>
    </message>
    <message>
        <source>The other window has closed it: it can be changed here now.</source>
        <translation>另一个窗口已将其关闭：现在可以在此编辑。</translation>
    </message>
    <message>
        <source>The other window was asked to come to the front.</source>
        <translation>已请另一个窗口显示到最前。</translation>
    </message>
    <message>
        <source>{0} is open in another window of Lampblack as well.</source>
        <translation>{0} 也在 Lampblack 的另一个窗口中打开。</translation>
    </message>
    <message>
        <source>{0} is open in another window of Lampblack. So that no word is lost, it can only be read here.</source>
        <translation>{0} 已在 Lampblack 的另一个窗口中打开。为避免丢失文字，此处只能阅读。</translation>
    </message>
    <message>
        <source>{0} seems to be open in {1}, too. What is changed there is noticed here.</source>
        <translation>{0} 似乎也在 {1} 中打开。那边的更改这里会注意到。</translation>
    </message>
</context>
<context>
    <name>OrderRow</name>
    <message>
        <source>Move the step down (Alt+Down)</source>
        <translation>下移一步（Alt+下）</translation>
    </message>
    <message>
        <source>Move the step up (Alt+Up)</source>
        <translation>上移一步（Alt+上）</translation>
    </message>
</context>
<context>
    <name>Origins</name>
    <message>
        <source>Counted by words, from what Lampblack saw on this machine. “There before” was in the file when Lampblack first opened it, or was changed by another program.</source>
        <translation>按字词计数，依据 Lampblack 在本机所见。“原有”指 Lampblack 首次打开文件时已有的文字，或由其他程序改动的文字。</translation>
    </message>
    <message>
        <source>Generated</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Generated, then edited</source>
        <translation>生成后修改</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Pasted</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Rewritten by a model</source>
        <translation>模型改写</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>The whole</source>
        <translation>全文</translation>
    </message>
    <message>
        <source>There before</source>
        <translation>原有</translation>
    </message>
    <message>
        <source>Typed</source>
        <translation>键入</translation>
    </message>
    <message>
        <source>Where the Text Comes From: {0}</source>
        <translation>文字来源：{0}</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>字词</translation>
    </message>
    <message>
        <source>Words it had</source>
        <translation>原有字词</translation>
    </message>
    <message>
        <source>Words that stand</source>
        <translation>保留字词</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>{0} % changed</source>
        <translation>改动 {0} %</translation>
    </message>
</context>
<context>
    <name>OutlinePage</name>
    <message>
        <source>Enter goes to the heading in the text.</source>
        <translation>Enter 跳到文本中的标题。</translation>
    </message>
    <message>
        <source>Headings</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>The headings of the text are listed here: lines that begin with #, ##, and so on.</source>
        <translation>这里列出文本的标题：以 #、## 等开头的行。</translation>
    </message>
    <message>
        <source>{0}, level {1}</source>
        <translation>{0}，{1} 级</translation>
    </message>
</context>
<context>
    <name>OutsideChanges</name>
    <message>
        <source>Another program deleted or moved {0}. Its text is still here, and saving writes the file again.</source>
        <translation>其他程序删除或移走了 {0}。文字仍在这里，保存即可重新写入文件。</translation>
    </message>
    <message>
        <source>Another program has changed {0}, and it cannot be read as a text now. Yours is still here.</source>
        <translation>其他程序更改了 {0}，现在无法作为文本读取。您的文字仍在这里。</translation>
    </message>
    <message>
        <source>Another program has changed {0}, and you have changed it here. Which text is to stay? The history keeps the other one. Words there: {1}, here: {2}.</source>
        <translation>其他程序更改了 {0}，您在这里也作了更改。保留哪一份？另一份会存入历史。那边字数：{1}，这里：{2}。</translation>
    </message>
    <message>
        <source>Another program has changed {0}. Words there: {1}, here: {2}.</source>
        <translation>其他程序更改了 {0}。那边字数：{1}，这里：{2}。</translation>
    </message>
    <message>
        <source>Both Side by Side…</source>
        <translation>并排比较…</translation>
    </message>
    <message>
        <source>Finish the word that is being typed, then go on.</source>
        <translation>请先完成正在输入的字词，然后继续。</translation>
    </message>
    <message>
        <source>Go Along</source>
        <translation>使用新位置</translation>
    </message>
    <message>
        <source>Keep Mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Load It</source>
        <translation>载入</translation>
    </message>
    <message>
        <source>Loaded. Undo brings your text back, and so does the history.</source>
        <translation>已载入。撤销可恢复您的文字，历史中也有。</translation>
    </message>
    <message>
        <source>Nothing was replaced: the history cannot be written.</source>
        <translation>未作任何替换：无法写入历史。</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save Now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Save at the Old Place</source>
        <translation>保存到原位置</translation>
    </message>
    <message>
        <source>Save under another name; the text is still open.</source>
        <translation>请另存为其他名称；文字仍然打开着。</translation>
    </message>
    <message>
        <source>Take Theirs</source>
        <translation>采用对方的</translation>
    </message>
    <message>
        <source>The document is {0} now.</source>
        <translation>文档现在是 {0}。</translation>
    </message>
    <message>
        <source>The folder {0} is gone. The text of {1} is still here, and safe in Lampblack.</source>
        <translation>文件夹 {0} 不见了。{1} 的文字仍在这里，已安全存于 Lampblack。</translation>
    </message>
    <message>
        <source>Your text stays; saving replaces the other one, which the history has.</source>
        <translation>您的文字保留；保存时会替换另一份，历史中已存有它。</translation>
    </message>
    <message>
        <source>{0} was moved or renamed by another program. It is {1} now.</source>
        <translation>{0} 被其他程序移动或改名，现在是 {1}。</translation>
    </message>
</context>
<context>
    <name>OwnRewritesDialog</name>
    <message>
        <source>&amp;Answer goes</source>
        <translation>答案去向(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Examples</source>
        <translation>示例(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>说明(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Longest answer</source>
        <translation>答案最长(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Prompt</source>
        <translation>提示(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Question</source>
        <translation>问题(&amp;Q)</translation>
    </message>
    <message>
        <source>A key of its own, as Ctrl+Alt+F5; may be empty</source>
        <translation>它自己的快捷键，例如 Ctrl+Alt+F5；可以留空</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>空白</translation>
    </message>
    <message>
        <source>For models that only go on with text: a text, a line =&gt;, its answer, and a line --- before the next text</source>
        <translation>供只会续写的模型使用：先是一段文字，一行 =&gt;，再是它的答案；下一段文字之前放一行 ---</translation>
    </message>
    <message>
        <source>How many times as long as the selection an answer may be</source>
        <translation>答案最多可以是所选文字的几倍长</translation>
    </message>
    <message>
        <source>How the words are drawn</source>
        <translation>怎样抽取词语</translation>
    </message>
    <message>
        <source>Import Actions</source>
        <translation>导入操作</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>It is started without an instruction, too</source>
        <translation>没有指示也可以开始</translation>
    </message>
    <message>
        <source>Like {0}</source>
        <translation>仿照“{0}”</translation>
    </message>
    <message>
        <source>May stay empty</source>
        <translation>可以留空</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Own Actions</source>
        <translation>自己的操作</translation>
    </message>
    <message>
        <source>Own actions</source>
        <translation>自己的操作</translation>
    </message>
    <message>
        <source>P&amp;reset</source>
        <translation>预设(&amp;R)</translation>
    </message>
    <message>
        <source>Share This Action</source>
        <translation>分享此操作</translation>
    </message>
    <message>
        <source>Share…</source>
        <translation>分享…</translation>
    </message>
    <message>
        <source>Taken in: {0}</source>
        <translation>已导入：{0}</translation>
    </message>
    <message>
        <source>The selected action</source>
        <translation>所选的操作</translation>
    </message>
    <message>
        <source>These are filled in: {0}</source>
        <translation>以下位置会被填入：{0}</translation>
    </message>
    <message>
        <source>What it does, in a few words</source>
        <translation>用几个词说明它做什么</translation>
    </message>
    <message>
        <source>What it is called in the menus</source>
        <translation>它在菜单中的名称</translation>
    </message>
    <message>
        <source>What the field asks for whose text is {instruction}; empty: no field</source>
        <translation>输入框要求填写什么，其文字即 {instruction}；留空则没有输入框</translation>
    </message>
    <message>
        <source>What the model is told</source>
        <translation>对模型说的话</translation>
    </message>
    <message>
        <source>Where the answer goes</source>
        <translation>答案放在哪里</translation>
    </message>
    <message>
        <source>{0}, my own</source>
        <translation>{0}（自己的）</translation>
    </message>
    <message>
        <source>“{0}” is deleted.</source>
        <translation>“{0}”已删除。</translation>
    </message>
    <message>
        <source>“{0}” is saved.</source>
        <translation>“{0}”已保存。</translation>
    </message>
    <message>
        <source>“{0}” was written to {1}.</source>
        <translation>“{0}”已写入 {1}。</translation>
    </message>
</context>
<context>
    <name>PackController</name>
    <message>
        <source>Fetching {0}: {1} of {2}</source>
        <translation>正在下载 {0}：{1} / {2}</translation>
    </message>
    <message>
        <source>Fetching {0}…</source>
        <translation>正在下载 {0}…</translation>
    </message>
    <message>
        <source>Installing…</source>
        <translation>正在安装…</translation>
    </message>
    <message>
        <source>The PyTorch engine was removed.</source>
        <translation>PyTorch 引擎已移除。</translation>
    </message>
    <message>
        <source>The PyTorch engine {0} is installed.</source>
        <translation>PyTorch 引擎 {0} 已安装。</translation>
    </message>
    <message>
        <source>Verifying {0}…</source>
        <translation>正在校验 {0}…</translation>
    </message>
</context>
<context>
    <name>PackDownloadDialog</name>
    <message>
        <source>&amp;Address</source>
        <translation>地址(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation>下载(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;SHA-256</source>
        <translation>&amp;SHA-256</translation>
    </message>
    <message>
        <source>Download the PyTorch Engine</source>
        <translation>下载 PyTorch 引擎</translation>
    </message>
    <message>
        <source>Fetch the engine, verify it and install it</source>
        <translation>下载引擎，校验后安装</translation>
    </message>
    <message>
        <source>It is fetched from the address that you give, or where that sends us, verified, and installed. It is a program that runs on this computer, without the network: take it only from where you got Lampblack.</source>
        <translation>引擎将从你给出的地址（或它转往的地址）下载，校验后安装。它是在这台电脑上运行的程序，不使用网络：请只从你获得 Lampblack 的地方获取。</translation>
    </message>
    <message>
        <source>The address of the file lampblack-torch-….tar.xz</source>
        <translation>文件 lampblack-torch-….tar.xz 的地址</translation>
    </message>
    <message>
        <source>The checksum that it must have; else that of the file beside it, .sha256</source>
        <translation>引擎包应有的校验和；不填则用同一位置的 .sha256 文件</translation>
    </message>
    <message>
        <source>as the file beside it says</source>
        <translation>以旁边的文件为准</translation>
    </message>
</context>
<context>
    <name>PageColumn</name>
    <message>
        <source>Write without a model</source>
        <translation>不用模型，直接写作</translation>
    </message>
</context>
<context>
    <name>PagesTree</name>
    <message>
        <source>Pages to learn from</source>
        <translation>要学习的文稿</translation>
    </message>
</context>
<context>
    <name>ParameterList</name>
    <message>
        <source>All parameters</source>
        <translation>所有参数</translation>
    </message>
    <message>
        <source>Also set: {0}</source>
        <translation>另已设置：{0}</translation>
    </message>
    <message>
        <source>It is not sent.</source>
        <translation>不会发送。</translation>
    </message>
    <message>
        <source>Not sent: {0}</source>
        <translation>未发送：{0}</translation>
    </message>
    <message>
        <source>Show every sampling parameter, or only those that writers move (Shift+F9)</source>
        <translation>显示全部采样参数，或只显示写作常用的几个（Shift+F9）</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>以及另外 {0} 个</translation>
    </message>
</context>
<context>
    <name>ParameterRow</name>
    <message>
        <source>From {0} to {1}</source>
        <translation>取值 {0} 至 {1}</translation>
    </message>
    <message>
        <source>Reset “{0}”</source>
        <translation>重置“{0}”</translation>
    </message>
</context>
<context>
    <name>Parameters</name>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>A GBNF grammar, or a JSON schema (2020-12), that every text must obey; a keyword that cannot be held is refused by name and place.</source>
        <translation>每段文字都必须遵守的 GBNF 语法或 JSON 模式（2020-12）；无法遵守的关键字会连同位置一并指出并拒绝。</translation>
    </message>
    <message>
        <source>A PEM file: with it the service speaks https, and no http.</source>
        <translation>PEM 文件：有了它，服务只用 https，不用 http。</translation>
    </message>
    <message>
        <source>A smaller model with the same vocabulary that guesses ahead for this one, a GGUF file for a GGUF file; used only where that is faster here. The chances for every word stay those of the large model.</source>
        <translation>词表相同的较小模型，替这个模型提前猜词，GGUF 文件配 GGUF 文件；只在本机上更快时使用。每个词的概率仍是大模型的概率。</translation>
    </message>
    <message>
        <source>A token counts as obvious above this probability; the least likely of them is always kept.</source>
        <translation>概率高于此值的词元算作“显而易见”；其中概率最低的一个总会保留。</translation>
    </message>
    <message>
        <source>A token must be at least this fraction as likely as the likeliest one; 0 allows all.</source>
        <translation>词元的概率至少要达到最可能词元的这个比例；0 表示全部允许。</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Against repetition</source>
        <translation>抑制重复</translation>
    </message>
    <message>
        <source>All parameters</source>
        <translation>所有参数</translation>
    </message>
    <message>
        <source>Allow the network</source>
        <translation>允许联网</translation>
    </message>
    <message>
        <source>Another way to compute attention; auto takes what was measured to write faster here, else it is on with a GPU only. It changes the text of a seed.</source>
        <translation>另一种计算注意力的方式；“自动”采用实测在本机更快的方式，没有实测则只在用显卡时开启。它会改变同一随机种子的结果。</translation>
    </message>
    <message>
        <source>Banned phrases</source>
        <translation>禁用短语</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Check spelling</source>
        <translation>检查拼写</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>DRY allowed length</source>
        <translation>DRY 允许长度</translation>
    </message>
    <message>
        <source>DRY base</source>
        <translation>DRY 底数</translation>
    </message>
    <message>
        <source>DRY breakers</source>
        <translation>DRY 中断符</translation>
    </message>
    <message>
        <source>DRY strength</source>
        <translation>DRY 强度</translation>
    </message>
    <message>
        <source>DRY strength is 0</source>
        <translation>DRY 强度为 0</translation>
    </message>
    <message>
        <source>DRY window</source>
        <translation>DRY 窗口</translation>
    </message>
    <message>
        <source>Dims all text but the paragraph or the sentence that the cursor is in.</source>
        <translation>淡化光标所在段落或句子以外的全部文字。</translation>
    </message>
    <message>
        <source>Draft model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>Dynamic temperature exponent</source>
        <translation>动态温度指数</translation>
    </message>
    <message>
        <source>Dynamic temperature range</source>
        <translation>动态温度范围</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Examine new models</source>
        <translation>试用新模型</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash attention</translation>
    </message>
    <message>
        <source>Focus</source>
        <translation>专注</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Grammar</source>
        <translation>语法约束</translation>
    </message>
    <message>
        <source>Guess ahead</source>
        <translation>预测续写</translation>
    </message>
    <message>
        <source>Guesses ahead where the text repeats itself, as in a rewrite, and checks every guess: faster, with the same chances for every word.</source>
        <translation>在文字重复之处（例如改写时）提前猜测，并检查每个猜测：更快，而每个词的概率不变。</translation>
    </message>
    <message>
        <source>How daring the choice of words is: low is predictable, high surprising, 0 always takes the likeliest.</source>
        <translation>选词有多大胆：低则平稳可预料，高则出人意料，0 总是取最可能的词。</translation>
    </message>
    <message>
        <source>How fast Mirostat corrects itself.</source>
        <translation>Mirostat 自我修正的速度。</translation>
    </message>
    <message>
        <source>How fast the DRY penalty grows with the length of the repeated phrase.</source>
        <translation>DRY 惩罚随重复短语长度增长的速度。</translation>
    </message>
    <message>
        <source>How many layers the GPU holds; -1 puts there what fits, 0 none.</source>
        <translation>放到显卡上的层数；-1 为能放多少放多少，0 为不放。</translation>
    </message>
    <message>
        <source>How many of the last tokens DRY looks at; 0 is off, -1 is all.</source>
        <translation>DRY 回看最近多少个词元；0 为关闭，-1 为全部。</translation>
    </message>
    <message>
        <source>How many of the last tokens the three penalties look at; 0 is off, -1 is all.</source>
        <translation>三种惩罚回看最近多少个词元；0 为关闭，-1 为全部。</translation>
    </message>
    <message>
        <source>How many of them are computed at once, at least 32, or 0 for what was measured to be best here; never more than a batch.</source>
        <translation>其中一次计算多少个，至少 32，0 为采用实测在本机最佳的值；不会超过批大小。</translation>
    </message>
    <message>
        <source>How many prompt tokens are handed over at a time, at least 32, or 0 for what was measured to be best here; progress and Stop work between batches too.</source>
        <translation>一次提交多少个提示词词元，至少 32，0 为采用实测在本机最佳的值；显示进度和停止都在两批之间进行。</translation>
    </message>
    <message>
        <source>How many takes are written when several are asked for.</source>
        <translation>一次写几份候选稿时写多少份。</translation>
    </message>
    <message>
        <source>How many tokens the model sees at once; 0 takes the model&apos;s own, at most 8192.</source>
        <translation>模型一次能看到多少词元；0 为采用模型自身的上限，但不超过 8192。</translation>
    </message>
    <message>
        <source>How often the most obvious choices are taken away, so that prose turns fresher; 0 is off.</source>
        <translation>以多大的概率去掉最显而易见的选择，让文字更新鲜；0 为关闭。</translation>
    </message>
    <message>
        <source>How the context is kept in memory; q8_0 halves it and needs flash attention, f16 is exact.</source>
        <translation>上下文在内存中的保存方式；q8_0 减半，需要 flash attention；f16 最精确。</translation>
    </message>
    <message>
        <source>How the model&apos;s doubt is turned into temperature; 1 is even, more stays cool for longer.</source>
        <translation>模型的犹豫怎样转化为温度；1 为均匀，越大则越久保持低温。</translation>
    </message>
    <message>
        <source>KV cache type</source>
        <translation>KV 缓存类型</translation>
    </message>
    <message>
        <source>Keep what was read</source>
        <translation>保留已读内容</translation>
    </message>
    <message>
        <source>Keeps the line that is written in the middle of the window.</source>
        <translation>让正在书写的行保持在窗口中间。</translation>
    </message>
    <message>
        <source>Keeps the model from repeating whole phrases, word for word; 0 is off, 0.8 is usual.</source>
        <translation>避免模型逐字重复整个短语；0 为关闭，通常用 0.8。</translation>
    </message>
    <message>
        <source>Keeps the text that the model has read in the cache folder on this disk, so that it opens at once the next time; off deletes it there.</source>
        <translation>把模型读过的文字保存在本机磁盘的缓存文件夹中，下次立即可用；关闭则会在那里删除。</translation>
    </message>
    <message>
        <source>Keeps tokens within n standard deviations of the best one, however high the temperature; 0 is off.</source>
        <translation>无论温度多高，只保留与最佳词元相差 n 个标准差以内的词元；0 为关闭。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>显卡层数</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Length and stops</source>
        <translation>长度与停止</translation>
    </message>
    <message>
        <source>Lets the temperature move by this much both ways: lower where the model is sure, higher where it is not.</source>
        <translation>让温度上下浮动这么多：模型有把握时低一些，没把握时高一些。</translation>
    </message>
    <message>
        <source>Lets the word bias on the reach The and THE, too, each with or without a space before it; off takes a text exactly as it was typed.</source>
        <translation>让词语偏置中的 the 也作用于 The 和 THE，前面带不带空格都算；关闭则严格按输入的文字。</translation>
    </message>
    <message>
        <source>Light, dark, sepia or high contrast; system follows the desktop.</source>
        <translation>浅色、深色、棕褐色或高对比度；“跟随系统”随桌面变化。</translation>
    </message>
    <message>
        <source>Line height</source>
        <translation>行距</translation>
    </message>
    <message>
        <source>Load the model at start</source>
        <translation>启动时载入模型</translation>
    </message>
    <message>
        <source>Loads the last model as soon as the window is open.</source>
        <translation>窗口打开后立即载入上次的模型。</translation>
    </message>
    <message>
        <source>Local network</source>
        <translation>局域网</translation>
    </message>
    <message>
        <source>Local service</source>
        <translation>本地服务</translation>
    </message>
    <message>
        <source>Lock after</source>
        <translation>自动锁定</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最大长度</translation>
    </message>
    <message>
        <source>Make it fit</source>
        <translation>自动适应内存</translation>
    </message>
    <message>
        <source>Makes a token less likely for each time it was used in the window; 0 is off.</source>
        <translation>词元在窗口中每出现一次，就降低一些概率；0 为关闭。</translation>
    </message>
    <message>
        <source>Makes a token less likely if it was used in the window at all; 0 is off.</source>
        <translation>词元只要在窗口中出现过就降低概率；0 为关闭。</translation>
    </message>
    <message>
        <source>Makes every token of a text (or token:NUMBER) likelier or rarer; -100 bans it, 100 forces it.</source>
        <translation>让某段文字（或 token:编号）的每个词元更常见或更少见；-100 为禁用，100 为强制。</translation>
    </message>
    <message>
        <source>Makes tokens that were used lately less likely; 1 is off.</source>
        <translation>降低近期用过的词元的概率；1 为关闭。</translation>
    </message>
    <message>
        <source>Makes “ ” ‘ ’ of straight quotes and — of -- as you type; Undo takes it back.</source>
        <translation>输入时把直引号变为“ ”‘ ’，把 -- 变为破折号；撤销可恢复。</translation>
    </message>
    <message>
        <source>Map the file</source>
        <translation>映射文件</translation>
    </message>
    <message>
        <source>Markdown styles</source>
        <translation>Markdown 样式</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>行宽</translation>
    </message>
    <message>
        <source>Measure new models</source>
        <translation>测试新模型</translation>
    </message>
    <message>
        <source>Measures for about two seconds what a GGUF model runs best with when it is first loaded on this machine, and remembers it; off takes the usual settings.</source>
        <translation>GGUF 模型第一次在本机载入时，用约两秒测出最佳运行方式并记住；关闭则用常规设置。</translation>
    </message>
    <message>
        <source>Micro-batch</source>
        <translation>微批大小</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Mirostat</source>
        <translation>Mirostat</translation>
    </message>
    <message>
        <source>Mirostat is off</source>
        <translation>Mirostat 已关闭</translation>
    </message>
    <message>
        <source>Mirostat is on</source>
        <translation>Mirostat 已开启</translation>
    </message>
    <message>
        <source>Mirostat rate</source>
        <translation>Mirostat 速率</translation>
    </message>
    <message>
        <source>Mirostat target</source>
        <translation>Mirostat 目标</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models are fetched when you press Download, and servers are used; off, neither.</source>
        <translation>按“下载”时获取模型，也可使用服务器；关闭后两者都不行。</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动态效果</translation>
    </message>
    <message>
        <source>Names to mask</source>
        <translation>要隐去的名称</translation>
    </message>
    <message>
        <source>Of documents for which none was chosen, such as de_AT; empty is the system’s.</source>
        <translation>用于未选择语言的文档，例如 de_AT；留空则用系统的语言。</translation>
    </message>
    <message>
        <source>Only the k likeliest tokens may be chosen; 0 allows all.</source>
        <translation>只能从最可能的 k 个词元中选择；0 表示全部允许。</translation>
    </message>
    <message>
        <source>Only the likeliest tokens that together reach this probability may be chosen; 1 allows all.</source>
        <translation>只能从概率之和达到此值的最可能词元中选择；1 表示全部允许。</translation>
    </message>
    <message>
        <source>Open the last book at start</source>
        <translation>启动时打开上次的书</translation>
    </message>
    <message>
        <source>Opens the book that was open last, with its last scene on the page.</source>
        <translation>打开上次打开的书，并在页面上显示上次的场景。</translation>
    </message>
    <message>
        <source>Order of steps</source>
        <translation>采样顺序</translation>
    </message>
    <message>
        <source>Other machines of the local network reach it, too, with the token.</source>
        <translation>局域网中的其他电脑凭令牌也能访问。</translation>
    </message>
    <message>
        <source>Other programs of this machine may use the model, over HTTP and with a token.</source>
        <translation>本机的其他程序可凭令牌通过 HTTP 使用模型。</translation>
    </message>
    <message>
        <source>Other words at the mouse</source>
        <translation>鼠标处的其他词</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>稿纸</translation>
    </message>
    <message>
        <source>Phrases that must never be written, in any case and with any form of quotation marks and accents; the model goes back and takes another way.</source>
        <translation>绝不能写出的短语，不分大小写，引号和重音形式也不限；模型会退回去另寻写法。</translation>
    </message>
    <message>
        <source>Phrases up to this many tokens may repeat freely.</source>
        <translation>不超过这么多词元的短语可以自由重复。</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Prefers tokens as surprising as the model expects the next one to be; 1 is off.</source>
        <translation>偏好意外程度符合模型预期的词元；1 为关闭。</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>Processor threads for the model; 0 takes what was measured to be fastest here, else the physical cores.</source>
        <translation>模型使用的处理器线程数；0 为采用实测在本机最快的值，没有实测则用物理核心数。</translation>
    </message>
    <message>
        <source>Read ahead</source>
        <translation>提前读取</translation>
    </message>
    <message>
        <source>Read aloud</source>
        <translation>朗读</translation>
    </message>
    <message>
        <source>Reads along while you pause, so that writing starts at once; costs some energy.</source>
        <translation>在你停顿时跟着读，这样可以立刻开始写；会多耗一些电。</translation>
    </message>
    <message>
        <source>Reads the model out of the file as it is needed instead of copying it into memory first.</source>
        <translation>需要时才从文件中读取模型，而不是先全部复制到内存。</translation>
    </message>
    <message>
        <source>Reads the whole text for a request, so that Again gives the same words: auto for several takes, where that takes about a second at most.</source>
        <translation>每次请求都重新读完全文，使“重写”得到同样的文字：自动表示仅用于多份候选稿，且大约一秒内能读完时。</translation>
    </message>
    <message>
        <source>Reduced stops what moves by itself: bars, menus and the caret’s blinking.</source>
        <translation>“减少”会停止自行运动的内容：进度条、菜单和光标闪烁。</translation>
    </message>
    <message>
        <source>Repeatable takes</source>
        <translation>可重现的候选稿</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Repetition window</source>
        <translation>重复窗口</translation>
    </message>
    <message>
        <source>Replaced before a text goes to a server on another machine, and put back after.</source>
        <translation>发往其他电脑上的服务器之前替换掉，收到后再换回来。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Shows every sampling parameter in the side panel; off, those that writers move.</source>
        <translation>在侧边栏显示全部采样参数；关闭则只显示写作常用的几个。</translation>
    </message>
    <message>
        <source>Shows headings, emphasis, lists, quotes, links and comments in their own style.</source>
        <translation>以各自的样式显示标题、强调、列表、引用、链接和注释。</translation>
    </message>
    <message>
        <source>Shows the book, the headings and recent texts at the left.</source>
        <translation>在左侧显示书、标题和最近的文本。</translation>
    </message>
    <message>
        <source>Shows the panel of sliders and models.</source>
        <translation>显示滑块和模型的面板。</translation>
    </message>
    <message>
        <source>Side bar</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Smart quotes and dashes</source>
        <translation>智能引号和破折号</translation>
    </message>
    <message>
        <source>Spelling language</source>
        <translation>拼写语言</translation>
    </message>
    <message>
        <source>Steers the text towards an even surprise instead of cutting unlikely tokens; replaces every step between the penalties and the draw.</source>
        <translation>让文字保持均匀的意外程度，而不是截去不太可能的词元；取代惩罚与抽取之间的所有步骤。</translation>
    </message>
    <message>
        <source>Stop texts</source>
        <translation>停止文本</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外程度</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>Takes addresses with /k/TOKEN/v1, for programs without a field for a token.</source>
        <translation>接受 /k/令牌/v1 形式的地址，供没有令牌输入框的程序使用。</translation>
    </message>
    <message>
        <source>Takes at once</source>
        <translation>候选稿数量</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Text after the cursor</source>
        <translation>光标之后的文字</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Text too long for the model</source>
        <translation>文字超出模型长度时</translation>
    </message>
    <message>
        <source>Texts at which DRY stops counting, so that names and lists may repeat.</source>
        <translation>遇到这些文字时 DRY 停止计数，让人名和列表可以重复。</translation>
    </message>
    <message>
        <source>The Torch engine has no grammars; use a GGUF model with the llama.cpp engine.</source>
        <translation>Torch 引擎不支持语法约束；请用 llama.cpp 引擎和 GGUF 模型。</translation>
    </message>
    <message>
        <source>The certificate’s PEM key, without a password, if it is in a file of its own.</source>
        <translation>证书的 PEM 私钥（不带密码），若它在单独的文件中。</translation>
    </message>
    <message>
        <source>The distance between lines, in percent of the text&apos;s own height.</source>
        <translation>行与行的距离，以文字高度的百分比表示。</translation>
    </message>
    <message>
        <source>The generation ends before any of these texts would be written, whatever form its quotation marks and accents have; its case counts.</source>
        <translation>将要写出其中任何一段文字之前就停止，引号和重音形式不限；区分大小写。</translation>
    </message>
    <message>
        <source>The language of the window; system takes the desktop&apos;s.</source>
        <translation>窗口的语言；“跟随系统”采用桌面的语言。</translation>
    </message>
    <message>
        <source>The length of a line, in characters.</source>
        <translation>每行的长度，以字符计。</translation>
    </message>
    <message>
        <source>The most tokens one generation may write; -1 writes until the model ends or the context is full.</source>
        <translation>一次最多写多少词元；-1 为一直写到模型自行结束或上下文用满。</translation>
    </message>
    <message>
        <source>The number all chance starts from; the same seed repeats a take, empty picks one and records it.</source>
        <translation>所有随机的起点；同样的种子得到同样的稿子，留空则随机选取并记录。</translation>
    </message>
    <message>
        <source>The order in which the steps work, after the word bias and before the draw; a step left out is off.</source>
        <translation>各步骤的先后次序，在词语偏置之后、抽取之前；去掉的步骤不起作用。</translation>
    </message>
    <message>
        <source>The preset that was chosen; empty takes what suits the model, else Balanced.</source>
        <translation>所选的预设；留空则用适合该模型的预设，否则用“均衡”。</translation>
    </message>
    <message>
        <source>The size of the text on the page.</source>
        <translation>稿纸上文字的大小。</translation>
    </message>
    <message>
        <source>The surprise per token, in bits, that Mirostat aims at.</source>
        <translation>Mirostat 追求的每个词元的意外程度，以比特计。</translation>
    </message>
    <message>
        <source>The typeface of the page; empty takes a serif that reads well here.</source>
        <translation>稿纸的字体；留空则用本机适合阅读的衬线字体。</translation>
    </message>
    <message>
        <source>Their origins in small letters, without a path; pages of no other site may.</source>
        <translation>这些网页的来源，小写，不含路径；其他网站的网页不可调用。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Token in the address</source>
        <translation>地址中带令牌</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-n-sigma</source>
        <translation>Top-n-sigma</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Tray of takes</source>
        <translation>候选稿托盘</translation>
    </message>
    <message>
        <source>Tries a new model for some seconds while you pause, to say what it is good for.</source>
        <translation>在你停顿时试用新模型几秒钟，看它擅长什么。</translation>
    </message>
    <message>
        <source>Typewriter scrolling</source>
        <translation>打字机滚动</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Underlines words that are not in the dictionary of the document’s language.</source>
        <translation>给文档语言的词典中没有的词加下划线。</translation>
    </message>
    <message>
        <source>Variety</source>
        <translation>多样性</translation>
    </message>
    <message>
        <source>Web pages that may call</source>
        <translation>可调用的网页</translation>
    </message>
    <message>
        <source>What a screen reader says of the model’s text: its sentences, its end, nothing.</source>
        <translation>屏幕阅读器如何朗读模型写出的文字：逐句、仅结束时、不朗读。</translation>
    </message>
    <message>
        <source>What happens then: drop_head lets the model see only the end, fail says so.</source>
        <translation>此时怎么办：drop_head 让模型只看到末尾，fail 则提示出来。</translation>
    </message>
    <message>
        <source>What happens to a model that is too large for the free memory: auto turns flash attention on, keeps the KV cache as q8_0 and takes a shorter context, as far as nobody set these, and says so; as-asked changes nothing.</source>
        <translation>模型大于空闲内存时怎么办：“自动”会在你没有自己设定的项目上开启 flash attention、以 q8_0 保存 KV 缓存并缩短上下文，而且会告诉你；“按原设置”什么都不改。</translation>
    </message>
    <message>
        <source>What runs the model; auto takes the one that the model&apos;s files are made for.</source>
        <translation>用什么运行模型；“自动”采用与模型文件匹配的引擎。</translation>
    </message>
    <message>
        <source>What the model is told before every instruction; empty takes Lampblack&apos;s own.</source>
        <translation>每条指令之前告诉模型的话；留空则用 Lampblack 自带的。</translation>
    </message>
    <message>
        <source>Where other programs reach it: http://127.0.0.1 and this number.</source>
        <translation>其他程序访问的位置：http://127.0.0.1 加上这个端口号。</translation>
    </message>
    <message>
        <source>Where several takes are shown side by side: below the page, or beside it.</source>
        <translation>几份候选稿并排显示的位置：页面下方，或页面旁边。</translation>
    </message>
    <message>
        <source>Where the mouse rests, shows how likely the word was and what else fitted.</source>
        <translation>在鼠标停留处显示该词的可能性以及还有哪些词合适。</translation>
    </message>
    <message>
        <source>Whether the model reads it, too, as what follows; some are trained for that.</source>
        <translation>模型是否也读取它；受过补全训练的模型会把它当作后文。</translation>
    </message>
    <message>
        <source>Width of choice</source>
        <translation>选词宽度</translation>
    </message>
    <message>
        <source>With a passphrase, hides the text after so many minutes without input; 0 never.</source>
        <translation>设有口令时，多少分钟没有输入就隐藏文字；0 表示从不。</translation>
    </message>
    <message>
        <source>Word bias</source>
        <translation>词语偏置</translation>
    </message>
    <message>
        <source>Word bias for all forms</source>
        <translation>词语偏置含各种形式</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词语</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写作</translation>
    </message>
    <message>
        <source>XTC probability</source>
        <translation>XTC 概率</translation>
    </message>
    <message>
        <source>XTC probability is 0</source>
        <translation>XTC 概率为 0</translation>
    </message>
    <message>
        <source>XTC threshold</source>
        <translation>XTC 阈值</translation>
    </message>
    <message>
        <source>an origin such as http://localhost:8000</source>
        <translation>一个来源，例如 http://localhost:8000</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>比特</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>dry</source>
        <translation>DRY</translation>
    </message>
    <message>
        <source>left out of the order</source>
        <translation>已从顺序中去掉</translation>
    </message>
    <message>
        <source>min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>no word bias</source>
        <translation>没有词语偏置</translation>
    </message>
    <message>
        <source>penalties</source>
        <translation>重复惩罚类</translation>
    </message>
    <message>
        <source>pt</source>
        <translation>磅</translation>
    </message>
    <message>
        <source>range is 0</source>
        <translation>范围为 0</translation>
    </message>
    <message>
        <source>surprise is 0</source>
        <translation>意外程度为 0</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>temperature is 0</source>
        <translation>温度为 0</translation>
    </message>
    <message>
        <source>the penalties are off</source>
        <translation>各惩罚均已关闭</translation>
    </message>
    <message>
        <source>the window is 0</source>
        <translation>窗口为 0</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>top-n-sigma</source>
        <translation>Top-n-sigma</translation>
    </message>
    <message>
        <source>top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>xtc</source>
        <translation>XTC</translation>
    </message>
</context>
<context>
    <name>PartWords</name>
    <message>
        <source>Author’s note</source>
        <translation>作者注</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Lampblack’s own words</source>
        <translation>Lampblack 自己的话</translation>
    </message>
    <message>
        <source>Lore: {0}</source>
        <translation>设定：{0}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示</translation>
    </message>
    <message>
        <source>The text before the cursor</source>
        <translation>光标之前的文字</translation>
    </message>
    <message>
        <source>What follows the cursor</source>
        <translation>光标之后的文字</translation>
    </message>
    <message>
        <source>always sent</source>
        <translation>总是发送</translation>
    </message>
    <message>
        <source>it has no text</source>
        <translation>它没有内容</translation>
    </message>
    <message>
        <source>its name does not occur near the cursor</source>
        <translation>光标附近没有出现它的名字</translation>
    </message>
    <message>
        <source>named by the entry {0}</source>
        <translation>由条目“{0}”提到</translation>
    </message>
    <message>
        <source>named in the instruction</source>
        <translation>在指令中提到</translation>
    </message>
    <message>
        <source>named in the paragraph of the cursor</source>
        <translation>在光标所在段落中提到</translation>
    </message>
    <message numerus="yes">
        <source>named {0} paragraphs above</source>
        <translation>
            <numerusform>在上方第 {0} 段提到</numerusform>
        </translation>
    </message>
    <message>
        <source>says where a part begins</source>
        <translation>标明一部分从哪里开始</translation>
    </message>
    <message>
        <source>so that the answer leads to it</source>
        <translation>让续写能接上它</translation>
    </message>
    <message>
        <source>the beginning has no room</source>
        <translation>开头放不下</translation>
    </message>
    <message>
        <source>the rest of it has no room</source>
        <translation>其余部分放不下</translation>
    </message>
    <message>
        <source>there is no room for it</source>
        <translation>放不下</translation>
    </message>
    <message>
        <source>what is asked</source>
        <translation>所要求的内容</translation>
    </message>
    <message>
        <source>what is continued</source>
        <translation>要接着写的文字</translation>
    </message>
    <message>
        <source>what is told before every instruction</source>
        <translation>每条指令之前的说明</translation>
    </message>
    <message numerus="yes">
        <source>{0} paragraphs before the cursor</source>
        <translation>
            <numerusform>在光标前 {0} 段</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} tokens</source>
        <translation>
            <numerusform>{0} 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>{0}; the rest is left out</source>
        <translation>{0}；其余未发送</translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message numerus="yes">
        <source>A passphrase has at least %n character(s).</source>
        <translation>
            <numerusform>口令至少要有 %n 个字符。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Change the Passphrase</source>
        <translation>更改口令</translation>
    </message>
    <message>
        <source>I &amp;know that a forgotten passphrase cannot be recovered</source>
        <translation>我知道忘记的口令无法找回(&amp;K)</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新口令</translation>
    </message>
    <message>
        <source>Present passphrase</source>
        <translation>现在的口令</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove the Passphrase</source>
        <translation>移除口令</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Set a Passphrase</source>
        <translation>设置口令</translation>
    </message>
    <message>
        <source>The new one counts at once. A copy of Lampblack’s folder from before can still be opened with the present one; where that matters, remove the passphrase and set a new one instead.</source>
        <translation>新口令立即生效。此前复制的 Lampblack 文件夹仍能用现在的口令打开；如果这很要紧，请先移除口令，再设置新的。</translation>
    </message>
    <message>
        <source>The same again</source>
        <translation>再输入一次</translation>
    </message>
    <message>
        <source>The two new ones are not the same.</source>
        <translation>两次输入的新口令不一样。</translation>
    </message>
    <message>
        <source>What Lampblack keeps can then be read by anyone who can read its folder.</source>
        <translation>此后，凡能读取 Lampblack 文件夹的人，都能读到其中保存的内容。</translation>
    </message>
    <message>
        <source>What Lampblack keeps is encrypted with it: unsaved texts, versions, takes, backups, saved prompts. It is asked for at each start.

A forgotten passphrase cannot be recovered. Without it nobody can read any of this again, neither you nor anyone who could help you. Several words are good; write them down where only you find them.

Files that you save stay plain files. So do settings, presets and the list of recent files. On a solid-state disk, remnants of what was plain until now may stay for a while.</source>
        <translation>Lampblack 保存的内容将用它加密：未保存的文字、版本、候选稿、备份、已保存的提示词。每次启动都会询问口令。

忘记的口令无法找回。没有它，谁也读不到这些内容，您自己和想帮助您的人都不能。几个词连在一起就很好；请写下来，放在只有您能找到的地方。

您保存的文件仍是普通文件，设置、预设和最近文件的列表也是如此。在固态硬盘上，此前未加密内容的残余可能还会留存一段时间。</translation>
    </message>
    <message>
        <source>Write it down where only you find it</source>
        <translation>请写下来，放在只有您能找到的地方</translation>
    </message>
</context>
<context>
    <name>PassphraseSection</name>
    <message numerus="yes">
        <source>%n file(s) could not be encrypted yet: Lampblack tries again at each start.</source>
        <translation>
            <numerusform>还有 %n 个文件未能加密：Lampblack 每次启动都会再试。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Remember on this computer</source>
        <translation>在这台电脑上记住(&amp;R)</translation>
    </message>
    <message>
        <source>C&amp;hange…</source>
        <translation>更改(&amp;H)…</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>更改口令</translation>
    </message>
    <message>
        <source>Encrypts what Lampblack keeps of your texts, and lets you lock the window. Your own files stay as they are.</source>
        <translation>加密 Lampblack 为您的文字保存的内容，并让您可以锁定窗口。您自己的文件保持原样。</translation>
    </message>
    <message>
        <source>It is set: everything is encrypted.</source>
        <translation>已设置：全部内容都已加密。</translation>
    </message>
    <message>
        <source>Keep the key in this system’s keyring, so that it is not asked for again</source>
        <translation>把密钥存入本系统的密钥环，以后不再询问</translation>
    </message>
    <message>
        <source>None is set.</source>
        <translation>尚未设置。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>移除(&amp;V)…</translation>
    </message>
    <message>
        <source>Remove the passphrase</source>
        <translation>移除口令</translation>
    </message>
    <message>
        <source>S&amp;et…</source>
        <translation>设置(&amp;E)…</translation>
    </message>
    <message>
        <source>Set a passphrase</source>
        <translation>设置口令</translation>
    </message>
    <message>
        <source>The keyring did not do it: unlock it, and try again.</source>
        <translation>密钥环没有照办：请先解锁密钥环，再试一次。</translation>
    </message>
</context>
<context>
    <name>Passport</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>1 language</source>
        <translation>1 种语言</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Every 1,000 tokens of text that it reads take {0} of memory.</source>
        <translation>每读 1,000 个词元占用 {0} 内存。</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>Good for: {0}.</source>
        <translation>擅长：{0}。</translation>
    </message>
    <message>
        <source>It answers worse than it could, because its chat template doubles its first token: get a newer file of this model, or use it only to continue text.</source>
        <translation>它的回答不如应有的好，因为对话模板重复了开头的词元：请换这个模型的新文件，或者只用它续写。</translation>
    </message>
    <message>
        <source>It cannot take instructions, because its chat template fails{0}: let it continue text, or get another file of this model.</source>
        <translation>它不能接受指令，因为对话模板出错{0}：请只让它续写，或者换这个模型的另一个文件。</translation>
    </message>
    <message>
        <source>It continues text and was not made to answer.</source>
        <translation>它只续写文字，不是用来回答的。</translation>
    </message>
    <message>
        <source>It goes on with what it is told instead of answering, as base models do.</source>
        <translation>它会接着你的话往下写，而不是回答，基础模型就是这样。</translation>
    </message>
    <message>
        <source>It knows no system text: yours goes before the first instruction.</source>
        <translation>它不认识系统提示词：你的系统提示词会放在第一条指令前面。</translation>
    </message>
    <message>
        <source>It may not know where an answer ends, because its chat template closes a turn without a token that ends it: if answers run on, set a stop text.</source>
        <translation>它可能不知道回答在哪里结束，因为对话模板没有用结束词元收尾：如果回答停不下来，请设置停止文本。</translation>
    </message>
    <message>
        <source>It never ended an answer by itself: set a stop text, or use it as a base model that only continues text.</source>
        <translation>它从未自行结束回答：请设置停止文本，或者把它当作只会续写的基础模型。</translation>
    </message>
    <message>
        <source>It reads about {1} a minute here.</source>
        <translation>在本机每分钟大约读 {1}。</translation>
    </message>
    <message>
        <source>It writes about {0} a minute here, and reads about {2}.</source>
        <translation>在本机每分钟大约写 {0}，读 {2} 页。</translation>
    </message>
    <message>
        <source>It writes about {0} a minute here.</source>
        <translation>在本机每分钟大约写 {0}。</translation>
    </message>
    <message>
        <source>Its chat template loses the system text: write what the model must know into the instruction itself.</source>
        <translation>它的对话模板会丢掉系统提示词：请把模型必须知道的内容写进指令里。</translation>
    </message>
    <message>
        <source>Not tried, for lack of time: {0}.</source>
        <translation>因时间不够而未试：{0}。</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>The examination did not come to an end: {0}</source>
        <translation>试用没有完成：{0}</translation>
    </message>
    <message>
        <source>Tried in {0}, it answered in {1}.</source>
        <translation>试了 {0}，它能用{1}回答。</translation>
    </message>
    <message>
        <source>Tried in {0}, it went on in {1}.</source>
        <translation>试了 {0}，它能用{1}续写。</translation>
    </message>
    <message>
        <source>Weak at: {0}.</source>
        <translation>不擅长：{0}。</translation>
    </message>
    <message>
        <source>about {0} a minute here</source>
        <translation>在本机每分钟约 {0}</translation>
    </message>
    <message>
        <source>continuing prose</source>
        <translation>续写文章</translation>
    </message>
    <message>
        <source>could not be tried out to the end</source>
        <translation>未能完整试用</translation>
    </message>
    <message>
        <source>following simple instructions</source>
        <translation>执行简单指令</translation>
    </message>
    <message>
        <source>good for: {0}</source>
        <translation>擅长：{0}</translation>
    </message>
    <message>
        <source>instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>languages</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>long passages, in which it repeats itself</source>
        <translation>长段文字（会自我重复）</translation>
    </message>
    <message>
        <source>repetition</source>
        <translation>重复情况</translation>
    </message>
    <message>
        <source>weak at: {0}</source>
        <translation>不擅长：{0}</translation>
    </message>
    <message>
        <source>{0} and {1}</source>
        <translation>{0}和{1}</translation>
    </message>
    <message>
        <source>{0} languages</source>
        <translation>{0} 种语言</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} 页</translation>
    </message>
</context>
<context>
    <name>PassportCard</name>
    <message>
        <source>Not tried out yet.</source>
        <translation>尚未试用。</translation>
    </message>
    <message>
        <source>Passport</source>
        <translation>模型档案</translation>
    </message>
    <message>
        <source>Tried out {0}, on this machine.</source>
        <translation>于 {0} 在本机试用。</translation>
    </message>
</context>
<context>
    <name>PassportController</name>
    <message>
        <source>Getting to know the model…</source>
        <translation>正在了解这个模型…</translation>
    </message>
</context>
<context>
    <name>PassportDialog</name>
    <message>
        <source>Examine Again</source>
        <translation>重新试用</translation>
    </message>
    <message>
        <source>Examined {0} in {1} seconds with {2}, on this machine.</source>
        <translation>于 {0} 用 {2} 在本机试用，耗时 {1} 秒。</translation>
    </message>
    <message>
        <source>Good for</source>
        <translation>擅长</translation>
    </message>
    <message>
        <source>Model Passport</source>
        <translation>模型档案</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有载入模型。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>This model has not been examined yet.</source>
        <translation>这个模型尚未试用。</translation>
    </message>
    <message>
        <source>Waiting until the model is free…</source>
        <translation>正在等模型空闲…</translation>
    </message>
    <message>
        <source>Weak at</source>
        <translation>不擅长</translation>
    </message>
</context>
<context>
    <name>PresetBar</name>
    <message>
        <source>A preset sets every value below at once.</source>
        <translation>预设会一次设好下面所有的值。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose another name, or choose that preset and save changes in it.</source>
        <translation>请换一个名称，或者选中那个预设并保存更改。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete the preset “{0}”? The values below stay.</source>
        <translation>删除预设“{0}”？下面的值保留不变。</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Export my presets</source>
        <translation>导出我的预设</translation>
    </message>
    <message>
        <source>Export my presets…</source>
        <translation>导出我的预设…</translation>
    </message>
    <message>
        <source>For models that soon repeat themselves, as small ones do: DRY {0}, repetition penalty {1} over the last {2} tokens.</source>
        <translation>适合很快就自我重复的模型，小模型大多如此：DRY {0}，对最近 {2} 个词元的重复惩罚 {1}。</translation>
    </message>
    <message>
        <source>Go back to the preset&apos;s values</source>
        <translation>恢复为预设的值</translation>
    </message>
    <message>
        <source>Import presets</source>
        <translation>导入预设</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Presets (*.json *.yaml *.yml *.kcpps);;All files (*)</source>
        <translation>预设 (*.json *.yaml *.yml *.kcpps);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Presets (*.json)</source>
        <translation>预设 (*.json)</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename “{0}” to</source>
        <translation>将“{0}”重命名为</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save and manage presets</source>
        <translation>保存和管理预设</translation>
    </message>
    <message>
        <source>Save as a new preset…</source>
        <translation>另存为新预设…</translation>
    </message>
    <message>
        <source>Save changes in this preset</source>
        <translation>将更改保存到这个预设</translation>
    </message>
    <message>
        <source>Save the present values as</source>
        <translation>将当前的值保存为</translation>
    </message>
    <message>
        <source>Suggested for this model</source>
        <translation>适合这个模型</translation>
    </message>
    <message>
        <source>There is already a preset named {0}.</source>
        <translation>已有名为 {0} 的预设。</translation>
    </message>
    <message>
        <source>modified</source>
        <translation>已修改</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>Always the likeliest word: the same text every time, soon in circles.</source>
        <translation>总是最可能的词：每次文字都相同，很快会原地打转。</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Focused</source>
        <translation>专注</translation>
    </message>
    <message>
        <source>Fresh images and turns, often off the likeliest path; it may stray.</source>
        <translation>意象和转折新颖，常常偏离最常见的写法；可能跑题。</translation>
    </message>
    <message>
        <source>Imaginative</source>
        <translation>想象</translation>
    </message>
    <message>
        <source>Lively prose that does not repeat its phrases over many pages.</source>
        <translation>文字生动，写许多页也不重复短语。</translation>
    </message>
    <message>
        <source>Natural prose from a small model, kept from going round in circles.</source>
        <translation>小模型的自然文笔，避免原地打转。</translation>
    </message>
    <message>
        <source>Natural prose with some surprise, for most texts.</source>
        <translation>自然而略带意外的文笔，适合大多数文字。</translation>
    </message>
    <message>
        <source>Sober prose that keeps to likely words and to the subject.</source>
        <translation>平实的文笔，用词稳妥，紧扣主题。</translation>
    </message>
    <message>
        <source>Steady long form</source>
        <translation>稳健长篇</translation>
    </message>
    <message>
        <source>Suggested for this model</source>
        <translation>适合这个模型</translation>
    </message>
</context>
<context>
    <name>PreviewDialog</name>
    <message>
        <source>&amp;Names to Mask…</source>
        <translation>要隐去的名称(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Send</source>
        <translation>发送(&amp;S)</translation>
    </message>
    <message>
        <source>Address: {0}</source>
        <translation>地址：{0}</translation>
    </message>
    <message>
        <source>It is encrypted on the way.</source>
        <translation>途中是加密的。</translation>
    </message>
    <message>
        <source>It is not encrypted: everyone on the way can read it.</source>
        <translation>没有加密：途中的任何人都能读到。</translation>
    </message>
    <message>
        <source>Names and numbers in it are replaced, and put back in the answer.</source>
        <translation>其中的名称和数字已被替换，收到回答后再换回来。</translation>
    </message>
    <message>
        <source>No name of your list, address or number was found in it to replace.</source>
        <translation>没有发现你列表中的名称、地址或数字需要替换。</translation>
    </message>
    <message>
        <source>Nothing in it is masked, as you chose for this server.</source>
        <translation>没有隐去任何内容，这是你为这台服务器选定的。</translation>
    </message>
    <message>
        <source>Replaced ({0})</source>
        <translation>替换内容（{0}）</translation>
    </message>
    <message>
        <source>Send nothing</source>
        <translation>不发送</translation>
    </message>
    <message>
        <source>Send nothing now, and list names that are replaced before a sending</source>
        <translation>现在不发送，先列出发送前要替换的名称</translation>
    </message>
    <message>
        <source>Send this, and show the next text again before it goes</source>
        <translation>发送这次的内容，下次发送前再给你看</translation>
    </message>
    <message>
        <source>Send this, and whatever you let this server write later, without asking</source>
        <translation>发送这次的内容，今后让这台服务器写什么都不再询问</translation>
    </message>
    <message>
        <source>Send, and &amp;Do Not Show This Again</source>
        <translation>发送，不再显示此页(&amp;D)</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发送为</translation>
    </message>
    <message>
        <source>Stands for</source>
        <translation>代表</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>The text as it is sent</source>
        <translation>发送的文字</translation>
    </message>
    <message>
        <source>The whole request, as JSON</source>
        <translation>完整的请求（JSON）</translation>
    </message>
    <message>
        <source>This leaves this machine. It goes to {0}.</source>
        <translation>这些内容会离开本机，发往 {0}。</translation>
    </message>
    <message>
        <source>What Is Sent</source>
        <translation>发送的内容</translation>
    </message>
    <message>
        <source>What stands in the text instead of what; it is put back in the answer</source>
        <translation>文字中用什么代替了什么；收到回答后再换回来</translation>
    </message>
    <message>
        <source>Whole Request</source>
        <translation>完整请求</translation>
    </message>
</context>
<context>
    <name>PrintDialog</name>
    <message>
        <source>Choose the printer, and print</source>
        <translation>选择打印机并打印</translation>
    </message>
    <message>
        <source>P&amp;rint…</source>
        <translation>打印(&amp;R)…</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>The pages are set…</source>
        <translation>正在排版…</translation>
    </message>
    <message numerus="yes">
        <source>{0} pages are sent…</source>
        <translation>
            <numerusform>已发送 {0} 页…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} pages are set…</source>
        <translation>
            <numerusform>已排好 {0} 页…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProfileDialog</name>
    <message>
        <source>&amp;Line spacing</source>
        <translation>行距(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Margins in cm</source>
        <translation>页边距（厘米）(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Size in points</source>
        <translation>字号（磅）(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Typeface</source>
        <translation>字体(&amp;T)</translation>
    </message>
    <message>
        <source>1 is single, 2 is double spaced</source>
        <translation>1 为单倍行距，2 为双倍行距</translation>
    </message>
    <message>
        <source>12 points are usual for manuscripts</source>
        <translation>稿件通常用 12 磅</translation>
    </message>
    <message>
        <source>A table of contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>A title page</source>
        <translation>标题页</translation>
    </message>
    <message>
        <source>Address and length on the first page, as editors want them</source>
        <translation>首页注明联系方式和字数，符合编辑的要求</translation>
    </message>
    <message>
        <source>Author, title and page over each page</source>
        <translation>每页上方注明作者、标题和页码</translation>
    </message>
    <message>
        <source>Both sides straight</source>
        <translation>两端对齐</translation>
    </message>
    <message>
        <source>Curly quotes and dashes</source>
        <translation>弯引号和破折号</translation>
    </message>
    <message>
        <source>Else the right side is ragged</source>
        <translation>否则右侧不对齐</translation>
    </message>
    <message>
        <source>Export Profile</source>
        <translation>导出配置</translation>
    </message>
    <message>
        <source>First line &amp;indented, in cm</source>
        <translation>首行缩进（厘米）(&amp;I)</translation>
    </message>
    <message>
        <source>How far the first line of a paragraph is indented</source>
        <translation>段落首行缩进多少</translation>
    </message>
    <message>
        <source>In the place of the straight ones, except in code</source>
        <translation>代替直引号和连字符，代码除外</translation>
    </message>
    <message>
        <source>Scene brea&amp;k</source>
        <translation>场景分隔(&amp;K)</translation>
    </message>
    <message>
        <source>Space &amp;between paragraphs, in points</source>
        <translation>段间距（磅）(&amp;B)</translation>
    </message>
    <message>
        <source>The chapters are listed where there are two or more</source>
        <translation>有两章或以上时列出各章</translation>
    </message>
    <message>
        <source>The running head has only the surname then</source>
        <translation>此时页眉只写姓氏</translation>
    </message>
    <message>
        <source>The size of the page, for formats that have pages</source>
        <translation>页面大小，用于有页面的格式</translation>
    </message>
    <message>
        <source>The typeface; where it is missing, one much like it</source>
        <translation>字体；没有该字体时用相近的字体</translation>
    </message>
    <message>
        <source>Title and author stand on a page of their own</source>
        <translation>标题和作者单独占一页</translation>
    </message>
    <message>
        <source>What is left free at each side of a page</source>
        <translation>页面四边留出的空白</translation>
    </message>
    <message>
        <source>What is left free below each paragraph</source>
        <translation>每段下方留出的空白</translation>
    </message>
    <message>
        <source>What stands alone between two scenes</source>
        <translation>单独放在两个场景之间的符号</translation>
    </message>
    <message>
        <source>What the profile is called in the list</source>
        <translation>配置在列表中的名称</translation>
    </message>
    <message>
        <source>Without it the page’s number stands below the text</source>
        <translation>不选时页码放在正文下方</translation>
    </message>
    <message>
        <source>{0}, my own</source>
        <translation>{0}（自定义）</translation>
    </message>
</context>
<context>
    <name>ProgressChart</name>
    <message>
        <source>Chart of the words of each day</source>
        <translation>每天字数的图表</translation>
    </message>
    <message>
        <source>{0} words of your own in {1} days; the table has the numbers.</source>
        <translation>{1} 天里自己写了 {0} 字；数字见表格。</translation>
    </message>
    <message>
        <source>{0}: {1} of your own, {2} by the model</source>
        <translation>{0}：自己 {1} 字，模型 {2} 字</translation>
    </message>
</context>
<context>
    <name>ProgressController</name>
    <message>
        <source>The goal of today is reached.</source>
        <translation>今天的目标已达成。</translation>
    </message>
</context>
<context>
    <name>ProgressDialog</name>
    <message>
        <source>0 for no goal</source>
        <translation>0 表示没有目标</translation>
    </message>
    <message>
        <source>By the model</source>
        <translation>模型写的</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>删了</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Full bars are your own words, less what you cut; hatched ones are the model&apos;s that stand in the text.</source>
        <translation>实心柱是自己写的字数减去删掉的；斜纹柱是模型写的、留在文中的字数。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Since the window was opened: {0} words of your own</source>
        <translation>打开窗口以来：自己写了 {0} 字</translation>
    </message>
    <message>
        <source>The book has {0} words.</source>
        <translation>全书 {0} 字。</translation>
    </message>
    <message>
        <source>The goal, the dashed line, was reached on {0} of {1} days.</source>
        <translation>虚线是目标：{1} 天里有 {0} 天达成。</translation>
    </message>
    <message>
        <source>The words of each day</source>
        <translation>每天的字数</translation>
    </message>
    <message>
        <source>This text has {0} words.</source>
        <translation>本文 {0} 字。</translation>
    </message>
    <message>
        <source>Today: {0} words of your own ({1} written, {2} cut); {3} by the model</source>
        <translation>今天：自己 {0} 字（写了 {1}，删了 {2}）；模型 {3} 字</translation>
    </message>
    <message>
        <source>Words a day</source>
        <translation>每天字数</translation>
    </message>
    <message>
        <source>Words wanted in the book</source>
        <translation>全书目标字数</translation>
    </message>
    <message>
        <source>Words wanted in this text</source>
        <translation>本文目标字数</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>写了</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>自己写的</translation>
    </message>
    <message>
        <source>no goal</source>
        <translation>无目标</translation>
    </message>
</context>
<context>
    <name>ProgressPage</name>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Each step</source>
        <translation>每一步</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出损失</translation>
    </message>
    <message>
        <source>Held-out pages</source>
        <translation>留出的页</translation>
    </message>
    <message>
        <source>Learning “{0}”</source>
        <translation>正在学习“{0}”</translation>
    </message>
    <message>
        <source>Learning; the best state on pages held out is kept.</source>
        <translation>正在学习；保留在留出页上最好的状态。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Loss over the steps</source>
        <translation>各步的损失</translation>
    </message>
    <message>
        <source>Loss, nats per token</source>
        <translation>损失（每词元奈特）</translation>
    </message>
    <message>
        <source>Paused while the model writes</source>
        <translation>模型写作时暂停</translation>
    </message>
    <message>
        <source>Paused while you write</source>
        <translation>您写作时暂停</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Reading the pages and the model…</source>
        <translation>正在读取文稿和模型…</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Stopping, with what was learned so far kept…</source>
        <translation>正在停止，保留到目前为止学到的…</translation>
    </message>
    <message>
        <source>Testing the held-out pages…</source>
        <translation>正在测试留出的页…</translation>
    </message>
    <message>
        <source>The training goes on; the status bar leads back here</source>
        <translation>训练继续进行；从状态栏可回到这里</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元</translation>
    </message>
    <message>
        <source>What was learned so far is kept, to go on later</source>
        <translation>保留到目前为止学到的，以后可继续</translation>
    </message>
    <message>
        <source>Writing samples, before and after: {0}</source>
        <translation>正在写学习前后的样本：{0}</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>PromptMaker</name>
    <message>
        <source>The text is too long for the model: it reads the last {0} words.</source>
        <translation>文字太长，模型只读取最后 {0} 个词。</translation>
    </message>
    <message>
        <source>The text is too long for the server: it is sent the last {0} words.</source>
        <translation>文字对服务器来说太长：只发送最后 {0} 个字。</translation>
    </message>
</context>
<context>
    <name>ProvenanceController</name>
    <message>
        <source>At the cursor: {0}</source>
        <translation>光标处：{0}</translation>
    </message>
    <message>
        <source>Counting the words…</source>
        <translation>正在统计字词…</translation>
    </message>
    <message>
        <source>The report is in {0}.</source>
        <translation>报告已保存到 {0}。</translation>
    </message>
</context>
<context>
    <name>ProvenanceDialog</name>
    <message>
        <source>Provenance Report</source>
        <translation>来源报告</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save the Report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Save the report as HTML, Markdown or JSON</source>
        <translation>将报告保存为 HTML、Markdown 或 JSON</translation>
    </message>
    <message>
        <source>Web page (*.html);;Markdown (*.md);;JSON (*.json)</source>
        <translation>网页 (*.html);;Markdown (*.md);;JSON (*.json)</translation>
    </message>
</context>
<context>
    <name>QuantizeController</name>
    <message>
        <source>Loading…</source>
        <translation>正在载入…</translation>
    </message>
    <message>
        <source>Making the copy…</source>
        <translation>正在制作副本…</translation>
    </message>
    <message>
        <source>Trying your passage…</source>
        <translation>正在试你的段落…</translation>
    </message>
</context>
<context>
    <name>QuantizeDialog</name>
    <message>
        <source>Beginning…</source>
        <translation>正在开始…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>副本</translation>
    </message>
    <message>
        <source>Make a Smaller Copy</source>
        <translation>制作小体积副本</translation>
    </message>
    <message>
        <source>Make the Copy</source>
        <translation>制作副本</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Nothing is measured without a passage.</source>
        <translation>没有段落就不作比较。</translation>
    </message>
    <message>
        <source>Passage to compare both with (a lower perplexity means a better grasp of it):</source>
        <translation>用来比较两者的段落（困惑度越低，理解得越好）：</translation>
    </message>
    <message>
        <source>Passage to measure both with</source>
        <translation>用来比较两者的段落</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Types</source>
        <translation>类型列表</translation>
    </message>
    <message>
        <source>Use the Copy</source>
        <translation>使用副本</translation>
    </message>
    <message>
        <source>What to expect</source>
        <translation>预期效果</translation>
    </message>
    <message>
        <source>{0} is in {1} and takes {2}. It stays as it is.</source>
        <translation>{0} 的类型是 {1}，占用 {2}。它保持不变。</translation>
    </message>
    <message>
        <source>{0} is there already.</source>
        <translation>{0} 已经存在。</translation>
    </message>
</context>
<context>
    <name>Questions</name>
    <message>
        <source>Don’t Save</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Get It</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Get the starter model?</source>
        <translation>获取入门模型？</translation>
    </message>
    <message>
        <source>It takes {0}.</source>
        <translation>占用 {0}。</translation>
    </message>
    <message>
        <source>Manuscripts (*.txt *.md);;All files (*)</source>
        <translation>稿件 (*.txt *.md);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>模型 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Move to the Trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Not Now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Only Take Off the List</source>
        <translation>仅从列表中移除</translation>
    </message>
    <message>
        <source>Open a Manuscript</source>
        <translation>打开稿件</translation>
    </message>
    <message>
        <source>Open a Model File</source>
        <translation>打开模型文件</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Remove {0}?</source>
        <translation>移除 {0}？</translation>
    </message>
    <message>
        <source>Save as UTF-8</source>
        <translation>保存为 UTF-8</translation>
    </message>
    <message>
        <source>Save the Manuscript</source>
        <translation>保存稿件</translation>
    </message>
    <message>
        <source>Save the changes to “{0}”?</source>
        <translation>保存对“{0}”的更改？</translation>
    </message>
    <message>
        <source>Save “{0}” as UTF-8?</source>
        <translation>将“{0}”保存为 UTF-8？</translation>
    </message>
    <message>
        <source>Show the Letters</source>
        <translation>显示这些字符</translation>
    </message>
    <message>
        <source>Take Off the List</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Text (*.txt);;Markdown (*.md);;All files (*)</source>
        <translation>文本 (*.txt);;Markdown (*.md);;所有文件 (*)</translation>
    </message>
    <message>
        <source>The file is in {0}, which cannot hold: {1}

As UTF-8 it holds every letter. What the file holds now is kept, and File, Open As… gets it back.</source>
        <translation>文件的编码是 {0}，无法保存：{1}

UTF-8 能保存所有字符。文件现有的内容会保留，可通过“文件”→“用其他编码打开…”找回。</translation>
    </message>
    <message>
        <source>Without saving, what was written since the last save is gone.</source>
        <translation>如果不保存，上次保存之后写的内容就没有了。</translation>
    </message>
    <message>
        <source>{0} is downloaded once, {1}, from pypi.org, or from the site that this computer uses in its place ({2} {3}). It is checked byte for byte and kept in {4}. Licence: {5}. Nothing you write is sent. For that site you are asked only this once, unless you choose otherwise in Settings.</source>
        <translation>{0} 只需下载一次，大小 {1}，来自 pypi.org 或本机所用的替代站点（{2} {3}）。它会逐字节校验，保存在 {4}。许可证：{5}。你写的内容从不外传。对于该站点只询问这一次，除非你在设置中另作选择。</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Clear the List</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Open Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>RecentPage</name>
    <message>
        <source>Book</source>
        <translation>书</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Enter opens what is selected.</source>
        <translation>Enter 打开选中的条目。</translation>
    </message>
    <message>
        <source>Recent books and documents</source>
        <translation>最近的书和文档</translation>
    </message>
    <message>
        <source>What you open is listed here.</source>
        <translation>您打开过的内容会列在这里。</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Lampblack ended before these texts were saved. They are kept until you restore or discard them.</source>
        <translation>Lampblack 退出时这些文字还没有保存。在你恢复或放弃之前，它们会一直保留。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Recovered Texts</source>
        <translation>恢复的文字</translation>
    </message>
    <message>
        <source>Recovered texts</source>
        <translation>恢复的文字</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Repeater</name>
    <message>
        <source>Take {0} is not the same as then: what the model had read already, or the machine, was another.</source>
        <translation>第 {0} 稿与当时不同：模型已读的内容或机器不一样。</translation>
    </message>
    <message>
        <source>Take {0} is word for word what it was then.</source>
        <translation>第 {0} 稿与当时一字不差。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>What the model was asked for then is not kept, so it cannot be repeated.</source>
        <translation>当时对模型的请求没有保存，因此无法重写。</translation>
    </message>
    <message>
        <source>{0} is loaded with other settings than then: the text may differ.</source>
        <translation>{0} 加载时的设置与当时不同：文字可能不一样。</translation>
    </message>
</context>
<context>
    <name>ReplaceDialog</name>
    <message>
        <source>Nothing found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>Replace in Every Text</source>
        <translation>在所有文本中替换</translation>
    </message>
    <message numerus="yes">
        <source>Replace {0} Places</source>
        <translation>
            <numerusform>替换 {0} 处</numerusform>
        </translation>
    </message>
    <message>
        <source>Take the mark off what is to stay. A version of each text is kept first, and all of it can be put back.</source>
        <translation>不想改的，取消勾选即可。替换前会为每个文本保存一个版本，之后也可以全部恢复。</translation>
    </message>
    <message>
        <source>What would change</source>
        <translation>将要更改的内容</translation>
    </message>
    <message>
        <source>{0} in {1} would change.</source>
        <translation>将更改 {1}中的 {0}。</translation>
    </message>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} 处</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} 个文本</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Replacer</name>
    <message>
        <source>Everything is as it was before.</source>
        <translation>一切仍与之前相同。</translation>
    </message>
    <message>
        <source>Put Everything Back</source>
        <translation>全部恢复</translation>
    </message>
    <message>
        <source>Replaced {0} in {1}. History has each text as it was before.</source>
        <translation>已替换 {1}中的 {0}。“历史”里有每篇文字原来的样子。</translation>
    </message>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} 处</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} 个文本</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} 处</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RewriteController</name>
    <message>
        <source>Part {0} of {1}</source>
        <translation>第 {0} 部分，共 {1} 部分</translation>
    </message>
    <message>
        <source>Reading your text: {0} %</source>
        <translation>正在读取你的文字：{0}%</translation>
    </message>
    <message>
        <source>Stopped at part {0} of {1}; what is done stays.</source>
        <translation>已停在第 {0} 部分（共 {1} 部分）；已完成的内容保留。</translation>
    </message>
    <message>
        <source>The passage has changed since: select it again.</source>
        <translation>这段文字后来有了改动：请重新选择。</translation>
    </message>
    <message>
        <source>There is nothing but comments in the selection.</source>
        <translation>所选文字中只有批注。</translation>
    </message>
    <message>
        <source>What stood around the answer was taken off.</source>
        <translation>答案周围的多余内容已去掉。</translation>
    </message>
</context>
<context>
    <name>RewriteMenus</name>
    <message>
        <source>Nothing was taken off around the last answer.</source>
        <translation>上一个答案周围没有去掉什么。</translation>
    </message>
    <message>
        <source>Rewrite the Selection</source>
        <translation>改写所选文字</translation>
    </message>
    <message>
        <source>See what stood around the last answer</source>
        <translation>查看上一个答案周围有什么</translation>
    </message>
    <message>
        <source>Show What Was Taken Off…</source>
        <translation>显示去掉的内容…</translation>
    </message>
    <message>
        <source>Taken Off</source>
        <translation>去掉的内容</translation>
    </message>
    <message>
        <source>This stood around the last answer and was taken off:</source>
        <translation>上一个答案周围的这些内容已被去掉：</translation>
    </message>
</context>
<context>
    <name>RewriteOffers</name>
    <message>
        <source>Finish the word that is being typed, then go on.</source>
        <translation>请先完成正在输入的字词，然后继续。</translation>
    </message>
    <message>
        <source>Select the passage first.</source>
        <translation>请先选择一段文字。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>This text can only be read here.</source>
        <translation>此处只能阅读这篇文字。</translation>
    </message>
</context>
<context>
    <name>RewritePalette</name>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>查找操作</translation>
    </message>
    <message>
        <source>No action has such a name.</source>
        <translation>没有这样名称的操作。</translation>
    </message>
    <message>
        <source>Rewrite</source>
        <translation>改写</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Type to find an action</source>
        <translation>输入文字以查找操作</translation>
    </message>
</context>
<context>
    <name>Rewrites</name>
    <message>
        <source>Add what can be seen, heard, smelled, tasted and touched</source>
        <translation>加入看到、听到、闻到、尝到和触到的东西</translation>
    </message>
    <message>
        <source>Announcement</source>
        <translation>开场白</translation>
    </message>
    <message>
        <source>Change Person</source>
        <translation>更换人称</translation>
    </message>
    <message>
        <source>Change Tense</source>
        <translation>更换时态</translation>
    </message>
    <message>
        <source>Change Tone</source>
        <translation>更换语气</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Closing words</source>
        <translation>结束语</translation>
    </message>
    <message>
        <source>Code fence</source>
        <translation>代码围栏</translation>
    </message>
    <message>
        <source>Continue in This Voice</source>
        <translation>以此文风续写</translation>
    </message>
    <message>
        <source>Correct mistakes and change nothing else</source>
        <translation>只改错误，其他不动</translation>
    </message>
    <message>
        <source>Describe with the Senses</source>
        <translation>用感官描写</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Expand</source>
        <translation>扩写</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Find a title for it</source>
        <translation>为它起标题</translation>
    </message>
    <message>
        <source>Fix Grammar and Spelling</source>
        <translation>修正语法和拼写</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>Give it another tone</source>
        <translation>换一种语气</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利语</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日语</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Let actions and things stand for what it names</source>
        <translation>用动作和事物代替直说</translation>
    </message>
    <message>
        <source>List its steps in order</source>
        <translation>按顺序列出各步</translation>
    </message>
    <message>
        <source>List what a reader would ask</source>
        <translation>列出读者会问的问题</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>提纲</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙语</translation>
    </message>
    <message>
        <source>Put it into another language</source>
        <translation>译成另一种语言</translation>
    </message>
    <message>
        <source>Put it into another tense</source>
        <translation>换成另一种时态</translation>
    </message>
    <message>
        <source>Questions of a Reader</source>
        <translation>读者的问题</translation>
    </message>
    <message>
        <source>Quotation marks</source>
        <translation>引号</translation>
    </message>
    <message>
        <source>Rewrite</source>
        <translation>改写</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Say in a few sentences what it says</source>
        <translation>用几句话概括内容</translation>
    </message>
    <message>
        <source>Say it in about half the words</source>
        <translation>用大约一半的篇幅说完</translation>
    </message>
    <message>
        <source>Say the same in other words</source>
        <translation>换一种说法</translation>
    </message>
    <message>
        <source>Say what it means and how it works</source>
        <translation>说明它的意思和写法</translation>
    </message>
    <message>
        <source>Shorten</source>
        <translation>缩短</translation>
    </message>
    <message>
        <source>Show Instead of Tell</source>
        <translation>以展示代替直述</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Tell it in another person</source>
        <translation>换一种人称讲述</translation>
    </message>
    <message>
        <source>Tell it with more detail</source>
        <translation>写得更详细</translation>
    </message>
    <message>
        <source>The answer ends in the middle: what it did not come to stays as it was.</source>
        <translation>答案在中途结束：它没有写到的部分保持原样。</translation>
    </message>
    <message>
        <source>The answer seems to be in another language: look at it before you accept.</source>
        <translation>答案似乎是另一种语言：接受之前请先看一看。</translation>
    </message>
    <message>
        <source>The language, for example: French</source>
        <translation>语言，例如：法语</translation>
    </message>
    <message>
        <source>The model changed nothing.</source>
        <translation>模型什么也没有改。</translation>
    </message>
    <message>
        <source>The model gave no answer; the text is as it was.</source>
        <translation>模型没有给出答案；文字保持原样。</translation>
    </message>
    <message>
        <source>The person, for example: first person</source>
        <translation>人称，例如：第一人称</translation>
    </message>
    <message>
        <source>The tense, for example: past</source>
        <translation>时态，例如：过去时</translation>
    </message>
    <message>
        <source>The tone, for example: calmer</source>
        <translation>语气，例如：更平静</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>What to change beyond the words (may stay empty)</source>
        <translation>除措辞外还要改什么（可留空）</translation>
    </message>
    <message>
        <source>Write on after the selection, as it is written</source>
        <translation>在所选文字之后以同样的笔调续写</translation>
    </message>
    <message>
        <source>Your own action</source>
        <translation>你自己的操作</translation>
    </message>
    <message>
        <source>after the selection</source>
        <translation>放在所选文字之后</translation>
    </message>
    <message>
        <source>as a note</source>
        <translation>作为笔记</translation>
    </message>
    <message>
        <source>as tracked changes</source>
        <translation>作为修订</translation>
    </message>
    <message>
        <source>calmer</source>
        <translation>更平静</translation>
    </message>
    <message>
        <source>first person</source>
        <translation>第一人称</translation>
    </message>
    <message>
        <source>future</source>
        <translation>将来时</translation>
    </message>
    <message>
        <source>ironic</source>
        <translation>讽刺</translation>
    </message>
    <message>
        <source>more formal</source>
        <translation>更正式</translation>
    </message>
    <message>
        <source>past</source>
        <translation>过去时</translation>
    </message>
    <message>
        <source>plainer</source>
        <translation>更平实</translation>
    </message>
    <message>
        <source>present</source>
        <translation>现在时</translation>
    </message>
    <message>
        <source>second person</source>
        <translation>第二人称</translation>
    </message>
    <message>
        <source>tenser</source>
        <translation>更紧张</translation>
    </message>
    <message>
        <source>third person</source>
        <translation>第三人称</translation>
    </message>
    <message>
        <source>warmer</source>
        <translation>更温暖</translation>
    </message>
    <message>
        <source>{0} is no key that an action can have, as Ctrl+Alt+F5 is.</source>
        <translation>{0} 不能用作操作的快捷键；例如 Ctrl+Alt+F5 可以。</translation>
    </message>
    <message>
        <source>{0} is the key of something else.</source>
        <translation>{0} 已是其他功能的快捷键。</translation>
    </message>
    <message>
        <source>{0} writes a sign on many keyboards: take a function key in its place.</source>
        <translation>{0} 在许多键盘上会输入符号：请改用功能键。</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
</context>
<context>
    <name>RichPaste</name>
    <message>
        <source>Pasted as plain text, for the formatted text could not be read: {0}</source>
        <translation>已粘贴为纯文本，因为无法读取带格式的文本：{0}</translation>
    </message>
</context>
<context>
    <name>RunDetails</name>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Curves lie over each other; in the table what differs is in bold type.</source>
        <translation>曲线重叠显示；表格中有差别的内容用粗体标出。</translation>
    </message>
    <message>
        <source>Figures and Settings</source>
        <translation>数据和设置</translation>
    </message>
    <message>
        <source>Figures and settings</source>
        <translation>数据和设置</translation>
    </message>
    <message>
        <source>Right labels in lines, chosen ones in columns</source>
        <translation>行为正确标签，列为所选标签</translation>
    </message>
    <message>
        <source>Select a run, or several to compare them.</source>
        <translation>选择一次运行，或选择几次进行比较。</translation>
    </message>
    <message>
        <source>What is known of the run</source>
        <translation>这次运行的已知内容</translation>
    </message>
    <message>
        <source>Which curves</source>
        <translation>显示哪些曲线</translation>
    </message>
    <message numerus="yes">
        <source>{0} runs beside each other</source>
        <translation>
            <numerusform>{0} 次运行并列</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Runs</name>
    <message>
        <source>Brier score</source>
        <translation>Brier 分数</translation>
    </message>
    <message>
        <source>Comparison of runs</source>
        <translation>运行比较</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出部分的损失</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Lines in bold differ.</source>
        <translation>粗体的行有差别。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Macro F1 of texts held out</source>
        <translation>留出文本的宏平均 F1</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Measures with their intervals of 95 %</source>
        <translation>各项指标及其 95 % 区间</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>SHA-256 of the data</source>
        <translation>数据的 SHA-256</translation>
    </message>
    <message>
        <source>SHA-256 of the model</source>
        <translation>模型的 SHA-256</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>accuracy of the most frequent label</source>
        <translation>最常见标签的准确率</translation>
    </message>
    <message>
        <source>accuracy of the recurrent network</source>
        <translation>循环网络的准确率</translation>
    </message>
    <message>
        <source>adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>benchmark</source>
        <translation>速度测量</translation>
    </message>
    <message>
        <source>best step</source>
        <translation>最佳步</translation>
    </message>
    <message>
        <source>build</source>
        <translation>构建版本</translation>
    </message>
    <message>
        <source>calibration error</source>
        <translation>校准误差</translation>
    </message>
    <message>
        <source>classifier</source>
        <translation>分类器</translation>
    </message>
    <message>
        <source>context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>cores</source>
        <translation>核</translation>
    </message>
    <message>
        <source>data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>data digest</source>
        <translation>数据摘要值</translation>
    </message>
    <message>
        <source>device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>distillation</source>
        <translation>蒸馏</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>evaluation</source>
        <translation>评测</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>goals</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>goes on</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>held-out loss</source>
        <translation>留出部分的损失</translation>
    </message>
    <message>
        <source>interval of 95 %</source>
        <translation>95 % 区间</translation>
    </message>
    <message>
        <source>kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>length in tokens</source>
        <translation>词元长度</translation>
    </message>
    <message>
        <source>limit of rows</source>
        <translation>行数上限</translation>
    </message>
    <message>
        <source>lines: the right label; columns: the chosen one</source>
        <translation>行：正确标签；列：所选标签</translation>
    </message>
    <message>
        <source>longest run of words taken over</source>
        <translation>照搬的最长词串</translation>
    </message>
    <message>
        <source>loss after</source>
        <translation>训练后的损失</translation>
    </message>
    <message>
        <source>loss before</source>
        <translation>训练前的损失</translation>
    </message>
    <message>
        <source>loss of each step</source>
        <translation>每步的损失</translation>
    </message>
    <message>
        <source>machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>macro F1</source>
        <translation>宏平均 F1</translation>
    </message>
    <message>
        <source>macro F1 of the most frequent label</source>
        <translation>最常见标签的宏平均 F1</translation>
    </message>
    <message>
        <source>macro F1 of the recurrent network</source>
        <translation>循环网络的宏平均 F1</translation>
    </message>
    <message>
        <source>macro precision</source>
        <translation>宏平均精确率</translation>
    </message>
    <message>
        <source>macro recall</source>
        <translation>宏平均召回率</translation>
    </message>
    <message>
        <source>measure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>model digest</source>
        <translation>模型摘要值</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>numbers that learn</source>
        <translation>参与学习的参数</translation>
    </message>
    <message>
        <source>passes</source>
        <translation>遍数</translation>
    </message>
    <message>
        <source>patience in passes</source>
        <translation>无改进的容许遍数</translation>
    </message>
    <message>
        <source>perplexity by byte</source>
        <translation>每字节困惑度</translation>
    </message>
    <message>
        <source>perplexity by token</source>
        <translation>每词元困惑度</translation>
    </message>
    <message>
        <source>processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>pruning</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>rounds</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>rows answered</source>
        <translation>已回答的行</translation>
    </message>
    <message>
        <source>rows side by side</source>
        <translation>并行的行数</translation>
    </message>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>style</source>
        <translation>文风</translation>
    </message>
    <message>
        <source>task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>texts held out</source>
        <translation>留出的文本</translation>
    </message>
    <message>
        <source>texts of a step</source>
        <translation>每步的文本数</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>time foreseen</source>
        <translation>预计用时</translation>
    </message>
    <message>
        <source>time taken</source>
        <translation>实际用时</translation>
    </message>
    <message>
        <source>tokens held out</source>
        <translation>留出的词元</translation>
    </message>
    <message>
        <source>tokens learned from</source>
        <translation>用于学习的词元</translation>
    </message>
    <message>
        <source>tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分钟</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
</context>
<context>
    <name>RunsDialog</name>
    <message>
        <source>Image (*.svg)</source>
        <translation>图像 (*.svg)</translation>
    </message>
    <message>
        <source>Move the selected runs to the trash</source>
        <translation>把所选运行移到回收站</translation>
    </message>
    <message>
        <source>Move to the Trash</source>
        <translation>移到回收站</translation>
    </message>
    <message numerus="yes">
        <source>Move {0} runs to the trash?</source>
        <translation>
            <numerusform>把 {0} 次运行移到回收站？</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Save Image…</source>
        <translation>保存图像…</translation>
    </message>
    <message>
        <source>Save a web page about the selected runs; it opens without a network</source>
        <translation>把所选运行保存为网页，无需网络即可打开</translation>
    </message>
    <message>
        <source>Save the Image</source>
        <translation>保存图像</translation>
    </message>
    <message>
        <source>Save the Report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Save the curves or measures as an SVG image</source>
        <translation>把曲线或指标保存为 SVG 图像</translation>
    </message>
    <message>
        <source>Saved as {0}</source>
        <translation>已保存为 {0}</translation>
    </message>
    <message>
        <source>Select several to compare them</source>
        <translation>选择几次可进行比较</translation>
    </message>
    <message>
        <source>Show Folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Show the run in the file manager</source>
        <translation>在文件管理器中显示这次运行</translation>
    </message>
    <message>
        <source>The record goes, with the checkpoint of a run that was stopped. What was made by it stays.</source>
        <translation>记录会被移走，已停止的运行的检查点也会一起移走。由它产生的内容会保留。</translation>
    </message>
    <message>
        <source>There are no runs yet.

When a style is learned, a classifier trained, a model evaluated or the speed measured, here or on the command line, a record is kept: the data’s and the model’s digests, the settings, the curves and the figures. It stays on this machine.</source>
        <translation>还没有运行记录。

无论在这里还是在命令行，学习文风、训练分类器、评测模型或测量速度时都会留下记录：数据和模型的摘要值、设置、曲线和各项数据。记录只保存在本机。</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
</context>
<context>
    <name>SaveRetry</name>
    <message>
        <source>It cannot be kept in Lampblack either: save it in another place. It will be saved here as soon as that is over.</source>
        <translation>Lampblack 中也无法保存：请保存到其他位置。问题解除后会自动保存到这里。</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save Now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Your text is safe in Lampblack, and will be saved as soon as that is over.</source>
        <translation>您的文字已安全存于 Lampblack，问题解除后会自动保存。</translation>
    </message>
    <message numerus="yes">
        <source>{0} had %n other names on this disk, which keep what it held before. It has a file of its own now.</source>
        <translation>
            <numerusform>{0} 在此磁盘上还有 %n 个名称（硬链接），它们保留之前的内容；现在它有了自己的文件。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchController</name>
    <message>
        <source>This place is not in the text any more.</source>
        <translation>文中已没有这一处。</translation>
    </message>
</context>
<context>
    <name>SearchPage</name>
    <message>
        <source>Nothing found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>Places found</source>
        <translation>找到的位置</translation>
    </message>
    <message numerus="yes">
        <source>Reading {0} texts…</source>
        <translation>
            <numerusform>正在读取 {0} 个文本…</numerusform>
        </translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>Replace…</source>
        <translation>替换…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search in every text</source>
        <translation>在所有文本中搜索</translation>
    </message>
    <message>
        <source>Search in everything</source>
        <translation>全局搜索</translation>
    </message>
    <message>
        <source>Search in what the model wrote, too</source>
        <translation>也搜索模型写的内容</translation>
    </message>
    <message>
        <source>Searches in this text, in its book, in recent texts and books, and in every take.</source>
        <translation>搜索本文、所在的书、最近的文本和书，以及所有候选稿。</translation>
    </message>
    <message>
        <source>See what would change in every text, then replace it</source>
        <translation>先查看所有文本中将要更改的内容，再替换</translation>
    </message>
    <message>
        <source>Take by {0}, {1}</source>
        <translation>{0} 的候选稿，{1}</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>The first {0} places. More words find fewer.</source>
        <translation>仅显示前 {0} 处。多输入几个字可缩小范围。</translation>
    </message>
    <message>
        <source>a model</source>
        <translation>某个模型</translation>
    </message>
    <message>
        <source>{0} in {1}</source>
        <translation>{1}中的 {0}</translation>
    </message>
    <message numerus="yes">
        <source>{0} places</source>
        <translation>
            <numerusform>{0} 处</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} texts</source>
        <translation>
            <numerusform>{0} 个文本</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchSwitches</name>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>整词</translation>
    </message>
</context>
<context>
    <name>Section</name>
    <message>
        <source>Show or hide what is below</source>
        <translation>显示或隐藏下面的内容</translation>
    </message>
    <message>
        <source>{0} changed</source>
        <translation>已更改 {0} 项</translation>
    </message>
</context>
<context>
    <name>SeedRow</name>
    <message>
        <source>A new random seed each time</source>
        <translation>每次用新的随机种子</translation>
    </message>
    <message>
        <source>No seed was used yet</source>
        <translation>还没有用过种子</translation>
    </message>
    <message>
        <source>Use the last seed, {0}</source>
        <translation>使用上次的种子 {0}</translation>
    </message>
    <message>
        <source>random</source>
        <translation>随机</translation>
    </message>
</context>
<context>
    <name>SendingGate</name>
    <message>
        <source>Choose Another Model</source>
        <translation>选择其他模型</translation>
    </message>
    <message>
        <source>Nothing was sent: the cursor stands within a name or number that is masked, and what is before it could be read. Move the cursor to the end of the name, and try again.</source>
        <translation>什么都没有发送：光标在要隐去的名称或数字之中，前面的部分可能被读到。请把光标移到名称末尾，再试一次。</translation>
    </message>
    <message>
        <source>Nothing was sent: the text before the cursor ends with the beginning of a name that is masked, which could be read. Finish the name, or put a space after it if it is another word, and try again.</source>
        <translation>没有发送任何内容：光标前的文字以一个要隐去的名称的开头结尾，它会被看到。请把名称写完；如果是别的词，请在后面加一个空格，然后再试。</translation>
    </message>
    <message>
        <source>Nothing was sent: this document is marked never to go to another machine, and {0} is one.</source>
        <translation>什么都没有发送：这份文档标记为永不发往其他电脑，而 {0} 正是其他电脑。</translation>
    </message>
    <message>
        <source>Nothing was sent: what the model read then is of a document that is marked never to go to another machine, and {0} is one.</source>
        <translation>什么都没有发送：模型当时读到的文字来自一份标记为永不发往其他电脑的文档，而 {0} 正是其他电脑。</translation>
    </message>
    <message>
        <source>Stopped: this document is marked now never to go to another machine. What was sent before cannot be taken back; the text so far is kept.</source>
        <translation>已停止：这份文档刚刚标记为永不发往其他电脑。之前已发送的无法收回；已写的文字保留。</translation>
    </message>
    <message>
        <source>Take the Mark Off</source>
        <translation>取消标记</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>, and if it happens once more, set the layers on the GPU to 0</source>
        <translation>；如果再次发生，请把显卡层数设为 0</translation>
    </message>
    <message>
        <source>, {0} of {1} free</source>
        <translation>，{1} 中有 {0} 空闲</translation>
    </message>
    <message>
        <source>1 is as it was trained.</source>
        <translation>1 为训练时的强度。</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 层</translation>
    </message>
    <message>
        <source>1 name</source>
        <translation>1 个名称</translation>
    </message>
    <message>
        <source>A KV cache of type {0} needs flash attention, which is off.</source>
        <translation>KV 缓存类型 {0} 需要 flash attention，而它已关闭。</translation>
    </message>
    <message>
        <source>A SHA-256 has 64 hexadecimal digits.</source>
        <translation>SHA-256 由 64 个十六进制数字组成。</translation>
    </message>
    <message>
        <source>A change of the book that was broken off could not be taken back: {0}.</source>
        <translation>中断的书籍更改无法撤回：{0}。</translation>
    </message>
    <message>
        <source>A change of the book was broken off by a crash. It was taken back; no text is lost.</source>
        <translation>对书的一次更改因崩溃而中断。更改已撤回；没有丢失文本。</translation>
    </message>
    <message>
        <source>A choice has {0} tokens; there can be {1}.</source>
        <translation>一个选项有 {0} 个词元；最多 {1} 个。</translation>
    </message>
    <message>
        <source>A classifier cannot be called {0}.</source>
        <translation>分类器不能叫 {0}。</translation>
    </message>
    <message>
        <source>A context of {0} tokens is too small: it must hold at least {1}.</source>
        <translation>{0} 个词元的上下文太小：至少要有 {1} 个。</translation>
    </message>
    <message>
        <source>A context of {0} tokens needs {1} of memory, but only {2} are free.</source>
        <translation>{0} 个词元的上下文需要 {1} 内存，但只有 {2} 空闲。</translation>
    </message>
    <message>
        <source>A conversation has no suffix.</source>
        <translation>对话没有后文。</translation>
    </message>
    <message>
        <source>A copy as {0} would begin to write sooner on this computer than {1}: it reads your text {2}, takes up to {3}, and its text is as good.</source>
        <translation>{0} 类型的副本在这台电脑上会比 {1} 更早开始写：读你的文字{2}，占用 {3}，文字质量相当。</translation>
    </message>
    <message>
        <source>A copy can be opened, with the damaged places marked.</source>
        <translation>可以打开一份副本，损坏之处会标出。</translation>
    </message>
    <message>
        <source>A fifth smaller than Q8_0, with a difference that is hard to find.</source>
        <translation>比 Q8_0 小五分之一，差别很难察觉。</translation>
    </message>
    <message>
        <source>A label is named twice.</source>
        <translation>有一个标签写了两次。</translation>
    </message>
    <message>
        <source>A message of the engine could not be understood ({0}).</source>
        <translation>无法理解引擎的消息（{0}）。</translation>
    </message>
    <message>
        <source>A message of {0} bytes is too long to be sent to the engine.</source>
        <translation>{0} 字节的消息太长，无法发给引擎。</translation>
    </message>
    <message>
        <source>A model cannot be called {0}.</source>
        <translation>模型不能命名为 {0}。</translation>
    </message>
    <message>
        <source>A model that {0} was begun with has been changed since.</source>
        <translation>{0} 开始时所用的模型此后已被改动。</translation>
    </message>
    <message>
        <source>A number is too large for the engine.</source>
        <translation>有一个数字对引擎来说太大。</translation>
    </message>
    <message>
        <source>A passphrase has at least {0} characters.</source>
        <translation>口令至少要有 {0} 个字符。</translation>
    </message>
    <message>
        <source>A preset&apos;s name may hold only characters that can be shown.</source>
        <translation>预设名称只能包含可显示的字符。</translation>
    </message>
    <message>
        <source>A preset&apos;s name must have 1 to {0} characters.</source>
        <translation>预设名称必须为 1 到 {0} 个字符。</translation>
    </message>
    <message>
        <source>A private key needs its certificate.</source>
        <translation>有私钥就必须有它的证书。</translation>
    </message>
    <message>
        <source>A profile&apos;s name has 1 to {0} letters.</source>
        <translation>配置名称须有 1 到 {0} 个字符。</translation>
    </message>
    <message>
        <source>A prompt is not saved: {0}.</source>
        <translation>提示词没有保存：{0}。</translation>
    </message>
    <message>
        <source>A saved prompt could not be used: {0}.</source>
        <translation>保存的提示词无法使用：{0}。</translation>
    </message>
    <message>
        <source>A server cannot be given adapters.</source>
        <translation>服务器不能使用适配器。</translation>
    </message>
    <message>
        <source>A server cannot do this ({0}).</source>
        <translation>服务器做不到这一点（{0}）。</translation>
    </message>
    <message>
        <source>A server counts one text at a time, and none between two others.</source>
        <translation>服务器每次只计算一段文字，也不能计算两段之间的文字。</translation>
    </message>
    <message>
        <source>A server&apos;s name cannot be an address or begin with a hyphen.</source>
        <translation>服务器名称不能是地址，也不能以连字符开头。</translation>
    </message>
    <message>
        <source>A server&apos;s name must have 1 to {0} characters that can be shown.</source>
        <translation>服务器名称必须为 1 到 {0} 个可显示的字符。</translation>
    </message>
    <message>
        <source>A setting cannot be used: {0}. Its default is used.</source>
        <translation>有一项设置无法使用：{0}。已采用它的默认值。</translation>
    </message>
    <message>
        <source>A smaller model, or a smaller quantization of this one, needs less of everything.</source>
        <translation>更小的模型，或这个模型的更小量化版本，各方面的需求都更低。</translation>
    </message>
    <message>
        <source>A sync program left another list of this book, {0}: two computers changed it at the same time. Compare the two; the other one is not used.</source>
        <translation>同步程序留下了这本书的另一份列表 {0}：两台电脑同时更改了它。请比较两者；另一份不会被使用。</translation>
    </message>
    <message>
        <source>A third of F16; the loss is small on models of seven billion weights and more.</source>
        <translation>F16 的三分之一；对七十亿参数以上的模型损失很小。</translation>
    </message>
    <message>
        <source>Accept the model&apos;s terms on {0}, check that the token may read, and try again.</source>
        <translation>请在 {0} 上接受模型的条款，确认令牌有读取权限，然后重试。</translation>
    </message>
    <message>
        <source>Accept them on {0} and come back with a token of your account there.</source>
        <translation>请在 {0} 上接受条款，再带着你在那里的账号的令牌回来。</translation>
    </message>
    <message>
        <source>Add it with: lampblack servers add</source>
        <translation>添加方法：lampblack servers add</translation>
    </message>
    <message>
        <source>Add texts with another label.</source>
        <translation>请添加带有其他标签的文本。</translation>
    </message>
    <message>
        <source>Add texts, or name the other labels with --labels.</source>
        <translation>请添加文本，或用 --labels 列出其余的标签。</translation>
    </message>
    <message>
        <source>Add the server under that address.</source>
        <translation>请添加该地址的服务器。</translation>
    </message>
    <message>
        <source>All texts have the label {0}, and there is nothing to tell apart.</source>
        <translation>所有文本的标签都是 {0}，没有可区分的内容。</translation>
    </message>
    <message>
        <source>Allow it in the settings.</source>
        <translation>请在设置中允许联网。</translation>
    </message>
    <message>
        <source>An action&apos;s name may hold only characters that can be shown.</source>
        <translation>操作名称只能包含可以显示的字符。</translation>
    </message>
    <message>
        <source>An action&apos;s name must have 1 to {0} characters.</source>
        <translation>操作名称须有 1 到 {0} 个字符。</translation>
    </message>
    <message>
        <source>An adapter cannot be called {0}.</source>
        <translation>适配器不能叫做 {0}。</translation>
    </message>
    <message>
        <source>An adapter is named twice.</source>
        <translation>有一个适配器列了两次。</translation>
    </message>
    <message>
        <source>An exact text is written alone, and would keep the window&apos;s writer waiting.</source>
        <translation>精确的文字只能单独写，会让窗口中的写作等待。</translation>
    </message>
    <message>
        <source>An example has no answer.</source>
        <translation>有一个示例没有答案。</translation>
    </message>
    <message>
        <source>Another Lampblack is fetching {0} just now.</source>
        <translation>另一个 Lampblack 正在下载 {0}。</translation>
    </message>
    <message>
        <source>Another Lampblack is restoring a backup.</source>
        <translation>另一个 Lampblack 正在恢复备份。</translation>
    </message>
    <message>
        <source>Another Lampblack is setting or removing the passphrase.</source>
        <translation>另一个 Lampblack 正在设置或移除口令。</translation>
    </message>
    <message>
        <source>Another model was asked for meanwhile.</source>
        <translation>其间又请求了另一个模型。</translation>
    </message>
    <message>
        <source>Another program has changed the list of the book meanwhile.</source>
        <translation>其他程序在此期间更改了书的列表。</translation>
    </message>
    <message>
        <source>Another program has changed {0} meanwhile.</source>
        <translation>其他程序在此期间更改了 {0}。</translation>
    </message>
    <message>
        <source>Another program has changed {0} since it was opened.</source>
        <translation>{0} 打开之后被其他程序更改过。</translation>
    </message>
    <message>
        <source>Another program seems to be at work on this training.</source>
        <translation>似乎有另一个程序正在进行这次训练。</translation>
    </message>
    <message>
        <source>Another server is being asked.</source>
        <translation>正在询问另一台服务器。</translation>
    </message>
    <message>
        <source>Another window or command installs or removes a pack just now.</source>
        <translation>另一个窗口或命令正在安装或移除引擎包。</translation>
    </message>
    <message>
        <source>Another window or program of Lampblack uses the store.</source>
        <translation>Lampblack 的另一个窗口或程序正在使用存储。</translation>
    </message>
    <message>
        <source>As small as Q4_0 and a little closer to the original; reads prompts fast.</source>
        <translation>与 Q4_0 一样小，更接近原模型；读提示词很快。</translation>
    </message>
    <message>
        <source>Ask again.</source>
        <translation>请再试一次。</translation>
    </message>
    <message>
        <source>Ask for fewer alternatives or score a shorter text.</source>
        <translation>请减少备选数量，或对较短的文字评分。</translation>
    </message>
    <message>
        <source>Ask for fewer layers there, or for -1 to put there what fits.</source>
        <translation>请减少放到显卡的层数，或设为 -1 让它能放多少放多少。</translation>
    </message>
    <message>
        <source>Ask in the plain form, or use a model on this machine.</source>
        <translation>请改用普通形式请求，或使用本机上的模型。</translation>
    </message>
    <message>
        <source>Ask who runs it to renew it.</source>
        <translation>请联系它的管理者更新。</translation>
    </message>
    <message>
        <source>Ask without probabilities.</source>
        <translation>请不要求概率。</translation>
    </message>
    <message>
        <source>Ask without that.</source>
        <translation>请去掉这一项再请求。</translation>
    </message>
    <message>
        <source>Ask without them, or use another server.</source>
        <translation>请去掉它们再请求，或换一台服务器。</translation>
    </message>
    <message>
        <source>At most {0} adapters can be attached, not {1}.</source>
        <translation>最多可挂 {0} 个适配器，而不是 {1} 个。</translation>
    </message>
    <message>
        <source>Bearer {0}</source>
        <translation>Bearer {0}</translation>
    </message>
    <message>
        <source>Begin a new training with them.</source>
        <translation>请用它们开始一次新的训练。</translation>
    </message>
    <message>
        <source>Begin a new training.</source>
        <translation>请重新开始训练。</translation>
    </message>
    <message>
        <source>Bring the file back, or take it out of the book.</source>
        <translation>请找回该文件，或将其从书中移出。</translation>
    </message>
    <message>
        <source>Capitals and spaces count, too.</source>
        <translation>大小写和空格也要一致。</translation>
    </message>
    <message>
        <source>Change it instead.</source>
        <translation>请改为更改口令。</translation>
    </message>
    <message>
        <source>Change its permissions, or take it only off the list.</source>
        <translation>请更改它的权限，或者只从列表中移除。</translation>
    </message>
    <message>
        <source>Check its address, and that it runs.</source>
        <translation>请检查它的地址，并确认它在运行。</translation>
    </message>
    <message>
        <source>Check that it runs and can be reached, and try again.</source>
        <translation>请确认它在运行并且可以连通，然后重试。</translation>
    </message>
    <message>
        <source>Check that the folder can be written to.</source>
        <translation>请确认文件夹可以写入。</translation>
    </message>
    <message>
        <source>Check that the server speaks https under this address and port.</source>
        <translation>请确认服务器在这个地址和端口上使用 https。</translation>
    </message>
    <message>
        <source>Check the address and the network.</source>
        <translation>请检查地址和网络。</translation>
    </message>
    <message>
        <source>Check the address.</source>
        <translation>请检查地址。</translation>
    </message>
    <message>
        <source>Check the address: is it a model server&apos;s?</source>
        <translation>请检查地址：它是模型服务器的地址吗？</translation>
    </message>
    <message>
        <source>Check the disk.</source>
        <translation>请检查磁盘。</translation>
    </message>
    <message>
        <source>Check the file, and the permissions and free space of the data folder.</source>
        <translation>请检查该文件，以及数据文件夹的权限和剩余空间。</translation>
    </message>
    <message>
        <source>Check the folder&apos;s permissions and free space.</source>
        <translation>请检查文件夹的权限和剩余空间。</translation>
    </message>
    <message>
        <source>Check the folder&apos;s permissions and space.</source>
        <translation>请检查文件夹的权限和空间。</translation>
    </message>
    <message>
        <source>Check the folder&apos;s permissions and the space on its disk.</source>
        <translation>请检查文件夹的权限和所在磁盘的空间。</translation>
    </message>
    <message>
        <source>Check the network and pip&apos;s index settings (`pip config list`), then try again.</source>
        <translation>请检查网络和 pip 的索引设置（`pip config list`），然后重试。</translation>
    </message>
    <message>
        <source>Check the permissions of the data folder.</source>
        <translation>请检查数据文件夹的权限。</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Choose a GGUF file, or a folder with safetensors.</source>
        <translation>请选择 GGUF 文件，或含有 safetensors 的文件夹。</translation>
    </message>
    <message>
        <source>Choose a PEM file with one.</source>
        <translation>请选择含有证书的 PEM 文件。</translation>
    </message>
    <message>
        <source>Choose a classifier of a kind that transformers knows.</source>
        <translation>请选择 transformers 支持的分类模型。</translation>
    </message>
    <message>
        <source>Choose a file that was exported from the Memory panel.</source>
        <translation>请选择从“记忆”面板导出的文件。</translation>
    </message>
    <message>
        <source>Choose a part of them.</source>
        <translation>请只选其中一部分。</translation>
    </message>
    <message>
        <source>Choose a sentence with more text before it.</source>
        <translation>请选择前面有更多文字的句子。</translation>
    </message>
    <message>
        <source>Choose a smaller draft model, or none.</source>
        <translation>请选择更小的草稿模型，或不使用草稿模型。</translation>
    </message>
    <message>
        <source>Choose a smaller model of the same family.</source>
        <translation>请选择同一系列中较小的模型。</translation>
    </message>
    <message>
        <source>Choose a smaller model or context.</source>
        <translation>请选择更小的模型或更短的上下文。</translation>
    </message>
    <message>
        <source>Choose a smaller model, or a smaller length.</source>
        <translation>请选择较小的模型，或较小的长度。</translation>
    </message>
    <message>
        <source>Choose a text generation model.</source>
        <translation>请选择文本生成模型。</translation>
    </message>
    <message>
        <source>Choose an adapter that was made for this model.</source>
        <translation>请选择为这个模型制作的适配器。</translation>
    </message>
    <message>
        <source>Choose an adapter&apos;s file.</source>
        <translation>请选择适配器文件。</translation>
    </message>
    <message>
        <source>Choose an encoder of a kind that transformers knows.</source>
        <translation>请选择 transformers 支持的编码器类型。</translation>
    </message>
    <message>
        <source>Choose an ordinary file or folder, or give yourself the right to read it.</source>
        <translation>请选择普通的文件或文件夹，或者给自己读取它的权限。</translation>
    </message>
    <message>
        <source>Choose another folder, or say that it may be written over.</source>
        <translation>请换一个文件夹，或允许覆盖。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Choose another language for spelling, or install the dictionary again.</source>
        <translation>请为拼写选择另一种语言，或重新安装该词典。</translation>
    </message>
    <message>
        <source>Choose another model to score it.</source>
        <translation>请选择另一个模型来评分。</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>请选择其他模型。</translation>
    </message>
    <message>
        <source>Choose another name, or say that it may be written over.</source>
        <translation>请换一个文件名，或允许覆盖。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>Choose another name; nothing is written over.</source>
        <translation>请换一个名称；不会覆盖任何内容。</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>请选择其他位置。</translation>
    </message>
    <message>
        <source>Choose another port in the settings.</source>
        <translation>请在设置中选择其他端口。</translation>
    </message>
    <message>
        <source>Choose another port.</source>
        <translation>请选择其他端口。</translation>
    </message>
    <message>
        <source>Choose another type, or get the model again.</source>
        <translation>请选择其他类型，或重新获取模型。</translation>
    </message>
    <message>
        <source>Choose another type.</source>
        <translation>请选择其他类型。</translation>
    </message>
    <message>
        <source>Choose fewer pages.</source>
        <translation>请少选一些文稿。</translation>
    </message>
    <message>
        <source>Choose its .tar.xz file.</source>
        <translation>请选择它的 .tar.xz 文件。</translation>
    </message>
    <message>
        <source>Choose its file again, or leave it out.</source>
        <translation>请重新选择它的文件，或者去掉它。</translation>
    </message>
    <message>
        <source>Choose its first part.</source>
        <translation>请选择它的第一部分。</translation>
    </message>
    <message>
        <source>Choose its folder, {0}.</source>
        <translation>请选择它的文件夹 {0}。</translation>
    </message>
    <message>
        <source>Choose one first.</source>
        <translation>请先选择一个。</translation>
    </message>
    <message>
        <source>Choose one in the settings.</source>
        <translation>请在设置中选择一个。</translation>
    </message>
    <message>
        <source>Choose one of its files.</source>
        <translation>请选择其中一个文件。</translation>
    </message>
    <message>
        <source>Choose one that is there.</source>
        <translation>请选择一个存在的文件。</translation>
    </message>
    <message>
        <source>Choose the Torch engine, or a GGUF file of the same model.</source>
        <translation>请选择 Torch 引擎，或同一模型的 GGUF 文件。</translation>
    </message>
    <message>
        <source>Choose the server again.</source>
        <translation>请重新选择服务器。</translation>
    </message>
    <message>
        <source>Close it first.</source>
        <translation>请先关闭它。</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>请关闭其他程序后重试。</translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, and try again.</source>
        <translation>请关闭其他程序，然后重试。</translation>
    </message>
    <message>
        <source>Close other programs, choose a smaller context or a smaller model.</source>
        <translation>请关闭其他程序，或选择更短的上下文、更小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, or install Lampblack again.</source>
        <translation>请关闭其他程序，或重新安装 Lampblack。</translation>
    </message>
    <message>
        <source>Close other programs.</source>
        <translation>请关闭其他程序。</translation>
    </message>
    <message>
        <source>Closing other programs that hold {0} of memory would make it fit.</source>
        <translation>关闭占用 {0} 内存的其他程序，就放得下了。</translation>
    </message>
    <message>
        <source>Copy it again whole.</source>
        <translation>请重新完整复制。</translation>
    </message>
    <message>
        <source>Correct or remove it.</source>
        <translation>请改正或删除它。</translation>
    </message>
    <message>
        <source>Correct or unset HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR.</source>
        <translation>请改正或取消设置 HTTPS_PROXY、ALL_PROXY、SSL_CERT_FILE 或 SSL_CERT_DIR。</translation>
    </message>
    <message>
        <source>Counted by words, from what Lampblack saw on this machine. “There before” was in the file when Lampblack first opened it, or was changed by another program.</source>
        <translation>按字词计数，依据 Lampblack 在本机所见。“原有”指 Lampblack 首次打开文件时已有的文字，或由其他程序改动的文字。</translation>
    </message>
    <message>
        <source>Delete it for good in the file manager, or make room first.</source>
        <translation>请在文件管理器中彻底删除它，或先腾出空间。</translation>
    </message>
    <message>
        <source>Delete it, unless something is still writing it.</source>
        <translation>请删除它，除非还有程序在写入。</translation>
    </message>
    <message>
        <source>Delete some of them, and import the file again.</source>
        <translation>请删除其中一些，然后重新导入该文件。</translation>
    </message>
    <message>
        <source>Delete that character and try again.</source>
        <translation>请删除那个字符，然后重试。</translation>
    </message>
    <message>
        <source>Did you mean {0}?</source>
        <translation>你要找的是 {0} 吗？</translation>
    </message>
    <message>
        <source>Do not trust it; look for news about the model on its page.</source>
        <translation>请不要信任它；到它的网页上看看这个模型的消息。</translation>
    </message>
    <message>
        <source>DoRA, which also scales the model&apos;s own weights</source>
        <translation>DoRA，它还会缩放模型自身的权重</translation>
    </message>
    <message>
        <source>Document {0} is not in the trash, or cannot be read.</source>
        <translation>文档 {0} 不在回收站中，或无法读取。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>Download the file itself.</source>
        <translation>请下载文件本身。</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Everyone on the way to {0} can read the text: it is not encrypted.</source>
        <translation>通往 {0} 的途中任何人都能读到文字：没有加密。</translation>
    </message>
    <message>
        <source>Everything is as it was before.</source>
        <translation>一切仍与之前相同。</translation>
    </message>
    <message>
        <source>Fetch it again.</source>
        <translation>请重新获取。</translation>
    </message>
    <message>
        <source>Fetch it again; if that does not help, do not trust where it came from.</source>
        <translation>请重新获取；如果还不行，请不要信任它的来源。</translation>
    </message>
    <message>
        <source>Fetch it again; if that does not help, its package was changed and must not be trusted.</source>
        <translation>请重新获取；如果还不行，说明软件包被改动过，不可信任。</translation>
    </message>
    <message>
        <source>Fetch it with a browser, and install it from the file.</source>
        <translation>请用浏览器下载，再从文件安装。</translation>
    </message>
    <message>
        <source>Fetch one with `lampblack models get starter`.</source>
        <translation>可以用 `lampblack models get starter` 获取一个。</translation>
    </message>
    <message>
        <source>Flash attention is now {0} for this model; a seed gives another text than before.</source>
        <translation>这个模型的 flash attention 现为 {0}；同一种子得到的文字与以前不同。</translation>
    </message>
    <message>
        <source>Flash attention is on, because the model would not fit into the free memory without.</source>
        <translation>已开启 flash attention，否则模型放不进空闲内存。</translation>
    </message>
    <message>
        <source>For models that would not fit otherwise; the loss is plain to see.</source>
        <translation>用于别的类型都放不下的模型；损失明显可见。</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>From 0 to {0} alternatives can be had for each token, not {1}.</source>
        <translation>每个词元可要 0 到 {0} 个备选，而不是 {1} 个。</translation>
    </message>
    <message>
        <source>From 1 to {0} texts can be classified at once.</source>
        <translation>一次可以分类 1 到 {0} 段文字。</translation>
    </message>
    <message>
        <source>From fewer a model learns sentences by heart. Choose more pages.</source>
        <translation>文稿太少时，模型只会背下句子。请多选一些文稿。</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>Get a GGUF model by other means and put it into the models folder.</source>
        <translation>请用其他方式取得 GGUF 模型，放进模型文件夹。</translation>
    </message>
    <message>
        <source>Get both files again, or say which SHA-256 the pack must have.</source>
        <translation>请重新获取这两个文件，或指明引擎包应有的 SHA-256。</translation>
    </message>
    <message>
        <source>Get it again from its maker.</source>
        <translation>请从发布者处重新获取。</translation>
    </message>
    <message>
        <source>Get it again.</source>
        <translation>请重新获取。</translation>
    </message>
    <message>
        <source>Get it in a usual quantization, such as Q4_K_M or Q8_0.</source>
        <translation>请取得常用量化的版本，例如 Q4_K_M 或 Q8_0。</translation>
    </message>
    <message>
        <source>Get it with: lampblack models get starter</source>
        <translation>可以这样获取：lampblack models get starter</translation>
    </message>
    <message>
        <source>Get it with: lampblack models get {0}</source>
        <translation>可以这样获取：lampblack models get {0}</translation>
    </message>
    <message>
        <source>Get the file again.</source>
        <translation>请重新取得文件。</translation>
    </message>
    <message>
        <source>Get the little-endian file.</source>
        <translation>请取得小端序的文件。</translation>
    </message>
    <message>
        <source>Get the model as GGUF.</source>
        <translation>请取得 GGUF 格式的模型。</translation>
    </message>
    <message>
        <source>Get the one for this computer.</source>
        <translation>请获取适用于这台电脑的引擎包。</translation>
    </message>
    <message>
        <source>Get the same adapter as safetensors.</source>
        <translation>请取得 safetensors 格式的同一适配器。</translation>
    </message>
    <message>
        <source>Get the same model as safetensors or GGUF.</source>
        <translation>请取得 safetensors 或 GGUF 格式的同一模型。</translation>
    </message>
    <message>
        <source>Get the tokenizer that belongs to it.</source>
        <translation>请取得与它配套的分词器。</translation>
    </message>
    <message>
        <source>Give a PEM file: it has a line BEGIN CERTIFICATE.</source>
        <translation>请提供 PEM 文件：其中有一行 BEGIN CERTIFICATE。</translation>
    </message>
    <message>
        <source>Give a page or more.</source>
        <translation>请提供一页以上的文字。</translation>
    </message>
    <message>
        <source>Give a plain prompt to continue instead of messages, or use another model.</source>
        <translation>请用普通提示词代替消息让它续写，或换一个模型。</translation>
    </message>
    <message>
        <source>Give a prompt in its place.</source>
        <translation>请改为提供提示词。</translation>
    </message>
    <message>
        <source>Give a word or more.</source>
        <translation>请给出一个或多个词。</translation>
    </message>
    <message>
        <source>Give an address that begins with https://, or unset it.</source>
        <translation>请使用以 https:// 开头的地址，或取消设置。</translation>
    </message>
    <message>
        <source>Give an id: {0}.</source>
        <translation>请给出编号：{0}。</translation>
    </message>
    <message>
        <source>Give another key, or ask who runs it.</source>
        <translation>请换一个密钥，或询问它的管理者。</translation>
    </message>
    <message>
        <source>Give it a plain prompt to continue, or use an instruct model.</source>
        <translation>请给它普通提示词让它续写，或换用指令模型。</translation>
    </message>
    <message>
        <source>Give it a shorter name first.</source>
        <translation>请先给它一个较短的名称。</translation>
    </message>
    <message>
        <source>Give it another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>Give it that ending.</source>
        <translation>请给它加上这个扩展名。</translation>
    </message>
    <message>
        <source>Give its key again.</source>
        <translation>请重新输入它的密钥。</translation>
    </message>
    <message>
        <source>Give one such as https://name.example:8443 or http://127.0.0.1:8080.</source>
        <translation>请输入类似 https://name.example:8443 或 http://127.0.0.1:8080 的地址。</translation>
    </message>
    <message>
        <source>Give one that begins with https:// and ends with lampblack-torch-….tar.xz.</source>
        <translation>请输入以 https:// 开头、以 lampblack-torch-….tar.xz 结尾的地址。</translation>
    </message>
    <message>
        <source>Give the folder of an encoder, or --base lstm.</source>
        <translation>请给出编码器的文件夹，或使用 --base lstm。</translation>
    </message>
    <message>
        <source>Give the parts their names back: NAME-00001-of-{0}.gguf and so on.</source>
        <translation>请恢复各部分的文件名：NAME-00001-of-{0}.gguf 等。</translation>
    </message>
    <message>
        <source>Give the text instead, or write without masking.</source>
        <translation>请改为提供文字，或不脱敏写作。</translation>
    </message>
    <message>
        <source>Give two PEM files, a certificate and its own private key, or one file with both.</source>
        <translation>请提供两个 PEM 文件（证书和它自己的私钥），或一个同时含有两者的文件。</translation>
    </message>
    <message>
        <source>Give yourself the right to write into the models folder.</source>
        <translation>请给自己写入模型文件夹的权限。</translation>
    </message>
    <message>
        <source>Give yourself the right to write there, or set LAMPBLACK_HOME to another folder.</source>
        <translation>请给自己写入那里的权限，或将 LAMPBLACK_HOME 设为其他文件夹。</translation>
    </message>
    <message>
        <source>Grammar (grammar): no text obeys this JSON schema.</source>
        <translation>语法约束 (grammar)：没有文字能符合这个 JSON 模式。</translation>
    </message>
    <message>
        <source>Grammar (grammar): the JSON schema cannot be read ({0}).</source>
        <translation>语法约束 (grammar)：无法读取 JSON 模式（{0}）。</translation>
    </message>
    <message>
        <source>Grammar (grammar): the JSON schema nests too deeply.</source>
        <translation>语法约束 (grammar)：JSON 模式嵌套太深。</translation>
    </message>
    <message>
        <source>Grammar (grammar): this model has no token that ends a text, so that no JSON schema can be held.</source>
        <translation>语法约束 (grammar)：这个模型没有结束词元，因此无法遵守 JSON 模式。</translation>
    </message>
    <message>
        <source>Graphics cards are counted as soon as a model has been loaded and has found them.</source>
        <translation>载入过一个模型并找到显卡之后，才会把显卡计算在内。</translation>
    </message>
    <message>
        <source>Graphics drivers have ended the engine before: no card is used for a day.</source>
        <translation>显卡驱动之前曾使引擎中止：一天之内不使用显卡。</translation>
    </message>
    <message>
        <source>Half of F16, and nobody can tell the difference; fast on every processor.</source>
        <translation>F16 的一半，没有人看得出差别；在任何处理器上都很快。</translation>
    </message>
    <message>
        <source>Half precision: as good as the original, and the source for every other type.</source>
        <translation>半精度：与原模型一样好，也是其他各种类型的来源。</translation>
    </message>
    <message>
        <source>How many tokens the model sees at once; 0 takes the model&apos;s own, at most {0}.</source>
        <translation>模型一次能看到多少词元；0 为采用模型自身的上限，但不超过 {0}。</translation>
    </message>
    <message>
        <source>If it is a long text, divide it in the program that wrote it, and import the parts.</source>
        <translation>如果这是一篇很长的文本，请在原来的写作程序中把它分成几部分，再逐一导入。</translation>
    </message>
    <message>
        <source>If it is your own authority&apos;s, give that authority&apos;s certificate for this server.</source>
        <translation>如果是你自己的证书机构，请为这台服务器提供该机构的证书。</translation>
    </message>
    <message>
        <source>In {0} samples no three words in a row came from the pages.</source>
        <translation>在 {0} 段样文中，没有连续三个词来自这些文稿。</translation>
    </message>
    <message>
        <source>In {0} samples the longest run of words taken from the pages has {1} words: “{2}”.</source>
        <translation>在 {0} 段样文中，原样取自文稿的最长片段有 {1} 个词：“{2}”。</translation>
    </message>
    <message>
        <source>Install Lampblack again, so that its parts belong together.</source>
        <translation>请重新安装 Lampblack，让各部分版本一致。</translation>
    </message>
    <message>
        <source>Install Lampblack again.</source>
        <translation>请重新安装 Lampblack。</translation>
    </message>
    <message>
        <source>Install it beside the program, or use a GGUF model with the llama.cpp engine.</source>
        <translation>请安装到程序旁边，或用 llama.cpp 引擎和 GGUF 模型。</translation>
    </message>
    <message>
        <source>Install it with `python -m ensurepip` and try again.</source>
        <translation>请用 `python -m ensurepip` 安装，然后重试。</translation>
    </message>
    <message>
        <source>Install llama-cpp-python 0.3.36 beside the program, or use the Torch engine.</source>
        <translation>请在程序旁边安装 llama-cpp-python 0.3.36，或使用 Torch 引擎。</translation>
    </message>
    <message>
        <source>Install that version first.</source>
        <translation>请先安装那个版本。</translation>
    </message>
    <message>
        <source>Install the pack of this version.</source>
        <translation>请安装此版本的引擎包。</translation>
    </message>
    <message>
        <source>Is the address a model server&apos;s?</source>
        <translation>这是模型服务器的地址吗？</translation>
    </message>
    <message>
        <source>It begins with the next start of Lampblack.</source>
        <translation>将在下次启动 Lampblack 时开始。</translation>
    </message>
    <message>
        <source>It ended without a word: the program was closed, or the machine went off.</source>
        <translation>它没有任何说明就结束了：程序被关闭，或机器断电。</translation>
    </message>
    <message>
        <source>It fits.</source>
        <translation>放得下。</translation>
    </message>
    <message>
        <source>It has been read again; try once more.</source>
        <translation>已重新读取；请再试一次。</translation>
    </message>
    <message>
        <source>It is a pack of its own: install it in Settings, under Engines. GGUF models do not need it.</source>
        <translation>它是单独的引擎包：请在“设置”的“引擎”中安装。GGUF 模型不需要它。</translation>
    </message>
    <message>
        <source>It is connected to another address.</source>
        <translation>它连接的是另一个地址。</translation>
    </message>
    <message>
        <source>It is not known whether the server can {0}: {1}.</source>
        <translation>不清楚服务器能否{0}：{1}。</translation>
    </message>
    <message>
        <source>It is still in the trash.</source>
        <translation>它仍在回收站中。</translation>
    </message>
    <message>
        <source>It is the name of a device on Windows. Choose another name.</source>
        <translation>这是 Windows 上设备的名称。请换一个名称。</translation>
    </message>
    <message>
        <source>It is tight.</source>
        <translation>勉强放得下。</translation>
    </message>
    <message>
        <source>It is too large for this machine.</source>
        <translation>对本机来说太大。</translation>
    </message>
    <message>
        <source>It is where it was.</source>
        <translation>它仍在原处。</translation>
    </message>
    <message>
        <source>It must be a GBNF grammar with a rule named root, or a JSON schema.</source>
        <translation>必须是含有 root 规则的 GBNF 语法，或 JSON 模式。</translation>
    </message>
    <message>
        <source>It needs {0} at once and {1} at most, with a full context.</source>
        <translation>一开始需要 {0}，上下文用满时最多需要 {1}。</translation>
    </message>
    <message>
        <source>It needs {0} in all.</source>
        <translation>总共需要 {0}。</translation>
    </message>
    <message>
        <source>It needs {0} less with flash attention, which is switched on where a measurement while loading shows that it is faster on this machine.</source>
        <translation>使用 flash attention 可少用 {0}；载入时若测得它在本机更快，就会自动开启。</translation>
    </message>
    <message>
        <source>It needs {0} of the {1} here, and {2} are free now{3}.</source>
        <translation>需要 {0}（本机共 {1}），目前空闲 {2}{3}。</translation>
    </message>
    <message>
        <source>It needs {0} of the {1} here, and {2} are free now{3}: close other programs first.</source>
        <translation>需要 {0}（本机共 {1}），目前空闲 {2}{3}：请先关闭其他程序。</translation>
    </message>
    <message>
        <source>It needs {0} on {1}, where {2} are free.</source>
        <translation>在 {1} 上需要 {0}，那里空闲 {2}。</translation>
    </message>
    <message>
        <source>It needs {0}, and this machine has {1}.</source>
        <translation>需要 {0}，而本机只有 {1}。</translation>
    </message>
    <message>
        <source>It needs {0}, and {1} has {2} free.</source>
        <translation>需要 {0}，{1} 空闲 {2}。</translation>
    </message>
    <message>
        <source>It needs {0}, and {1} of memory are free{2}.</source>
        <translation>需要 {0}，内存空闲 {1}{2}。</translation>
    </message>
    <message>
        <source>It says: {0}</source>
        <translation>它说：{0}</translation>
    </message>
    <message>
        <source>It was left as it is.</source>
        <translation>已保持原样。</translation>
    </message>
    <message>
        <source>Its download was cut off; download it again.</source>
        <translation>下载中途断开了；请重新下载。</translation>
    </message>
    <message>
        <source>Its earlier versions are in its history.</source>
        <translation>它的早期版本在历史记录中。</translation>
    </message>
    <message>
        <source>Its file system has a limit (FAT32: 4 GB); use a folder on another disk.</source>
        <translation>它的文件系统有上限（FAT32 为 4 GB）；请使用其他磁盘上的文件夹。</translation>
    </message>
    <message>
        <source>Its rope scaling (by {0}) may reach that far.</source>
        <translation>它的 RoPE 缩放（{0} 倍）或许能达到这个长度。</translation>
    </message>
    <message>
        <source>Its tokens are numbered from 0 to {0}.</source>
        <translation>它的词元编号为 0 到 {0}。</translation>
    </message>
    <message>
        <source>KV cache ({0} tokens) and buffers</source>
        <translation>KV 缓存（{0} 词元）和缓冲区</translation>
    </message>
    <message>
        <source>KV cache ({0} tokens, {1})</source>
        <translation>KV 缓存（{0} 词元，{1}）</translation>
    </message>
    <message>
        <source>Known are {0}.</source>
        <translation>已知的有 {0}。</translation>
    </message>
    <message>
        <source>Known are: {0}.</source>
        <translation>可用的有：{0}。</translation>
    </message>
    <message>
        <source>Lampblack met an unexpected problem ({0}: {1}).</source>
        <translation>Lampblack 遇到了意外问题（{0}：{1}）。</translation>
    </message>
    <message>
        <source>Lampblack writes with a server now, and passes no requests of others on to it.</source>
        <translation>Lampblack 现在使用服务器写作，不会把别人的请求转给它。</translation>
    </message>
    <message>
        <source>Leave exact out, or ask `lampblack serve`.</source>
        <translation>请去掉 exact，或向 `lampblack serve` 请求。</translation>
    </message>
    <message>
        <source>Leave it as it is.</source>
        <translation>请保持原样。</translation>
    </message>
    <message>
        <source>Leave it out, or write without masking.</source>
        <translation>请去掉它，或不脱敏写作。</translation>
    </message>
    <message>
        <source>Leave the suffix out, or use a model that was trained for it.</source>
        <translation>请去掉后文，或换用为此训练的模型。</translation>
    </message>
    <message>
        <source>Let alternatives begin differently, and let a part be empty in one way only.</source>
        <translation>请让各备选的开头不同，并让每个部分只能以一种方式为空。</translation>
    </message>
    <message>
        <source>Let user and assistant take turns, beginning with the user.</source>
        <translation>请让用户和助手轮流发言，从用户开始。</translation>
    </message>
    <message>
        <source>Lines in bold differ.</source>
        <translation>粗体的行有差别。</translation>
    </message>
    <message>
        <source>Load a model of this machine in Lampblack first.</source>
        <translation>请先在 Lampblack 中载入本机的模型。</translation>
    </message>
    <message>
        <source>Load it on the processor, or bring the card&apos;s driver up to date and try again.</source>
        <translation>请用处理器载入，或更新显卡驱动后重试。</translation>
    </message>
    <message>
        <source>Load it with a smaller context or batch, or with fewer layers on the GPU.</source>
        <translation>请用更短的上下文或更小的批大小载入，或减少显卡层数。</translation>
    </message>
    <message>
        <source>Load it with a smaller context, write fewer takes at once, choose a smaller model, or keep it off the GPU.</source>
        <translation>请用更短的上下文载入，一次少写几份候选稿，选择更小的模型，或不使用显卡。</translation>
    </message>
    <message>
        <source>Load it with no layers on the GPU, or use a GGUF file of the same model.</source>
        <translation>请把显卡层数设为 0 再载入，或使用同一模型的 GGUF 文件。</translation>
    </message>
    <message>
        <source>Load one first.</source>
        <translation>请先载入一个。</translation>
    </message>
    <message>
        <source>Load one there, and try again.</source>
        <translation>请在那里载入一个，然后重试。</translation>
    </message>
    <message>
        <source>Load the model again.</source>
        <translation>请重新载入模型。</translation>
    </message>
    <message>
        <source>Load them there.</source>
        <translation>请在那里载入。</translation>
    </message>
    <message>
        <source>Loading the model was stopped.</source>
        <translation>已停止载入模型。</translation>
    </message>
    <message>
        <source>Look at the rows.</source>
        <translation>请检查这些行。</translation>
    </message>
    <message>
        <source>Look at what it holds now, and try again.</source>
        <translation>请查看它现在的内容，然后再试。</translation>
    </message>
    <message>
        <source>Look at {0}; the catalogue may be out of date.</source>
        <translation>请查看 {0}；模型目录可能已过时。</translation>
    </message>
    <message>
        <source>Look into its folder: `lampblack runs path` names the place.</source>
        <translation>请查看它的文件夹：`lampblack runs path` 会给出位置。</translation>
    </message>
    <message>
        <source>Make a copy in Q8_0, or get the model in F16 or Q8_0 and make the copy of that.</source>
        <translation>请制作 Q8_0 副本，或取得 F16 或 Q8_0 的模型，用它来制作。</translation>
    </message>
    <message>
        <source>Make it simpler.</source>
        <translation>请改简单些。</translation>
    </message>
    <message>
        <source>Make room and try again.</source>
        <translation>请腾出空间后重试。</translation>
    </message>
    <message>
        <source>Make room on the disk and try again.</source>
        <translation>请腾出磁盘空间后重试。</translation>
    </message>
    <message>
        <source>Make room on the disk or save it in another place; the text is still open.</source>
        <translation>请在磁盘上腾出空间，或保存到别处；文字仍然打开着。</translation>
    </message>
    <message>
        <source>Make room on the disk, then replace once more.</source>
        <translation>请清理磁盘空间，然后再次替换。</translation>
    </message>
    <message>
        <source>Make room on the disk.</source>
        <translation>请在磁盘上腾出空间。</translation>
    </message>
    <message>
        <source>Make room there, or choose another disk.</source>
        <translation>请在那里腾出空间，或选择其他磁盘。</translation>
    </message>
    <message>
        <source>Make room there.</source>
        <translation>请在那里腾出空间。</translation>
    </message>
    <message>
        <source>Make room, or use the model where it lies.</source>
        <translation>请腾出空间，或就地使用模型。</translation>
    </message>
    <message>
        <source>Make the folder writable, or give a token in LAMPBLACK_API_TOKEN.</source>
        <translation>请让文件夹可写，或用 LAMPBLACK_API_TOKEN 提供令牌。</translation>
    </message>
    <message>
        <source>Make {0} free and try again.</source>
        <translation>请腾出 {0} 后重试。</translation>
    </message>
    <message>
        <source>Making the copy was stopped.</source>
        <translation>已停止制作副本。</translation>
    </message>
    <message>
        <source>Masked in it, and put back in the answer: e-mail addresses, telephone, card and account numbers; {0}.</source>
        <translation>其中已隐去、收到回答后再换回的有：电子邮件地址、电话、银行卡和账户号码；{0}。</translation>
    </message>
    <message>
        <source>Merge it into the model with the tool that made it.</source>
        <translation>请用制作它的工具把它合并进模型。</translation>
    </message>
    <message>
        <source>More than {0} of versions wait until the disk can be written: only the newest of each document is kept until then.</source>
        <translation>等待磁盘恢复写入的版本已超过 {0}：在此之前，每个文档只保留最新的版本。</translation>
    </message>
    <message>
        <source>Most likely the system had too little memory and ended it: close other programs, or choose a smaller model or context.</source>
        <translation>很可能是系统内存太少而终止了它：请关闭其他程序，或选择更小的模型、更短的上下文。</translation>
    </message>
    <message>
        <source>Name each label once.</source>
        <translation>每个标签只写一次。</translation>
    </message>
    <message>
        <source>Name each once, with its strength.</source>
        <translation>每个只列一次，并注明强度。</translation>
    </message>
    <message>
        <source>Name one with --model: {0}.</source>
        <translation>请用 --model 指定一个：{0}。</translation>
    </message>
    <message>
        <source>Name one with --model; `lampblack models list` shows them.</source>
        <translation>请用 --model 指定一个；`lampblack models list` 会列出它们。</translation>
    </message>
    <message>
        <source>Name the texts themselves, in their order.</source>
        <translation>请按顺序直接指定各文本。</translation>
    </message>
    <message>
        <source>No draft model is used: {0}</source>
        <translation>没有使用草稿模型：{0}</translation>
    </message>
    <message>
        <source>No encrypted connection to {0} came about ({1}).</source>
        <translation>无法与 {0} 建立加密连接（{1}）。</translation>
    </message>
    <message>
        <source>No file can be written in {0}: {1}.</source>
        <translation>无法在 {0} 中写入文件：{1}。</translation>
    </message>
    <message>
        <source>No folder for the run can be made in {0}: {1}.</source>
        <translation>无法在 {0} 中为这次训练建立文件夹：{1}。</translation>
    </message>
    <message>
        <source>No graphics card has room for {0}, so the processor does it all.</source>
        <translation>没有显卡放得下 {0}，因此全部由处理器计算。</translation>
    </message>
    <message>
        <source>No graphics card is here that llama.cpp can use, so the processor does it all; `lampblack doctor` shows the devices.</source>
        <translation>这里没有 llama.cpp 能用的显卡，因此全部由处理器计算；`lampblack doctor` 会列出各设备。</translation>
    </message>
    <message>
        <source>No layer fits into the memory of the graphics card ({0} free), so the processor does it all.</source>
        <translation>显存一层也放不下（空闲 {0}），因此全部由处理器计算。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有载入模型。</translation>
    </message>
    <message>
        <source>No row can be learned from.{0}</source>
        <translation>没有一行可以用来学习。{0}</translation>
    </message>
    <message>
        <source>No server can be used here.</source>
        <translation>这里不能使用服务器。</translation>
    </message>
    <message>
        <source>No server can be used in this window.</source>
        <translation>这个窗口不能使用服务器。</translation>
    </message>
    <message>
        <source>No server can be used since this start of Lampblack: it was begun without the network.</source>
        <translation>Lampblack 这次启动后不能使用服务器：启动时没有联网。</translation>
    </message>
    <message>
        <source>No server is chosen.</source>
        <translation>没有选择服务器。</translation>
    </message>
    <message>
        <source>No {0} copy of {1}: {2}</source>
        <translation>没有制作 {1} 的 {0} 副本：{2}</translation>
    </message>
    <message>
        <source>Not taken over: {0}.</source>
        <translation>没有采用：{0}。</translation>
    </message>
    <message>
        <source>Nothing can be downloaded now: start Lampblack again.</source>
        <translation>现在无法下载：请重新启动 Lampblack。</translation>
    </message>
    <message>
        <source>Nothing in it is masked.</source>
        <translation>其中没有隐去任何内容。</translation>
    </message>
    <message>
        <source>Nothing was changed. Try again when its disk or network is there.</source>
        <translation>没有任何改动。请在磁盘或网络恢复后再试。</translation>
    </message>
    <message>
        <source>Nothing was done; try once more.</source>
        <translation>未做任何更改；请再试一次。</translation>
    </message>
    <message>
        <source>Nothing was imported: it was stopped.</source>
        <translation>没有导入任何内容：已停止。</translation>
    </message>
    <message>
        <source>Nothing was written: it was stopped.</source>
        <translation>没有写入任何内容：已停止。</translation>
    </message>
    <message>
        <source>Of a letter of several tokens the server tells the last token&apos;s probability alone.</source>
        <translation>一个字由几个词元组成时，服务器只给出最后一个词元的概率。</translation>
    </message>
    <message>
        <source>Of packages, only the starter model&apos;s can be fetched.</source>
        <translation>软件包中只能获取入门模型的那一个。</translation>
    </message>
    <message>
        <source>Order of steps (order) names a step more than once.</source>
        <translation>采样顺序 (order) 中有一步列了不止一次。</translation>
    </message>
    <message>
        <source>Printing was stopped.</source>
        <translation>打印已停止。</translation>
    </message>
    <message>
        <source>Put a line with =&gt; between the text and its answer.</source>
        <translation>请在文字和它的答案之间放一行 =&gt;。</translation>
    </message>
    <message>
        <source>Put a tokenizer.json into its folder.</source>
        <translation>请在它的文件夹中放入 tokenizer.json。</translation>
    </message>
    <message>
        <source>Put all parts into one folder.</source>
        <translation>请把所有部分放进同一个文件夹。</translation>
    </message>
    <message>
        <source>Put it back out of a copy of your own.</source>
        <translation>请用您自己的副本把它放回原处。</translation>
    </message>
    <message>
        <source>Put the cursor between two paragraphs.</source>
        <translation>请把光标放在两个段落之间。</translation>
    </message>
    <message>
        <source>Put the model&apos;s tokenizer files beside it.</source>
        <translation>请把模型的分词器文件放在它旁边。</translation>
    </message>
    <message>
        <source>PyTorch could not compute {0}: {1}.</source>
        <translation>PyTorch 无法计算 {0}：{1}。</translation>
    </message>
    <message>
        <source>PyTorch engine</source>
        <translation>PyTorch 引擎</translation>
    </message>
    <message>
        <source>PyTorch itself</source>
        <translation>PyTorch 本身</translation>
    </message>
    <message>
        <source>Read it with that one.</source>
        <translation>请用那个版本读取。</translation>
    </message>
    <message>
        <source>Recovery and takes cannot be written to {0}: {1}. Save your text; Lampblack goes on trying.</source>
        <translation>恢复数据和候选稿无法写入 {0}：{1}。请保存你的文字；Lampblack 会继续尝试。</translation>
    </message>
    <message>
        <source>Remove it in the file manager.</source>
        <translation>请在文件管理器中删除。</translation>
    </message>
    <message>
        <source>Remove its folder in the file manager.</source>
        <translation>请在文件管理器中移除它的文件夹。</translation>
    </message>
    <message>
        <source>Remove some of them, and import the file again.</source>
        <translation>请先删去一些，再导入该文件。</translation>
    </message>
    <message>
        <source>Rename it first.</source>
        <translation>请先重命名。</translation>
    </message>
    <message>
        <source>Rename one of the two, or use the model where it lies.</source>
        <translation>请给其中一个改名，或就地使用模型。</translation>
    </message>
    <message>
        <source>Rename the file or folder.</source>
        <translation>请给文件或文件夹改名。</translation>
    </message>
    <message>
        <source>Replace once more to see its places as they are now.</source>
        <translation>请再次替换，以查看现在的位置。</translation>
    </message>
    <message>
        <source>Restore the document under another name; it is still in the trash.</source>
        <translation>请以其他名称恢复文档；它仍在回收站中。</translation>
    </message>
    <message>
        <source>Resume it; if it happens again, choose a shorter length or a smaller model.</source>
        <translation>请继续训练；若再次发生，请选更短的长度或更小的模型。</translation>
    </message>
    <message>
        <source>Resume the run with another name.</source>
        <translation>请用另一个名称继续这次训练。</translation>
    </message>
    <message>
        <source>Resume the run.</source>
        <translation>请继续这次训练。</translation>
    </message>
    <message>
        <source>Row {0} is left out: {1}.</source>
        <translation>第 {0} 行被略过：{1}。</translation>
    </message>
    <message>
        <source>Run the model with llama.cpp, or get the adapter as a folder with safetensors.</source>
        <translation>请用 llama.cpp 运行模型，或取得 safetensors 文件夹形式的适配器。</translation>
    </message>
    <message>
        <source>Run the model with the Torch engine, or get the adapter as GGUF.</source>
        <translation>请用 Torch 引擎运行模型，或取得 GGUF 格式的适配器。</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Save it as UTF-8 first.</source>
        <translation>请先将其保存为 UTF-8。</translation>
    </message>
    <message>
        <source>Save it as UTF-8, or replace those letters.</source>
        <translation>请保存为 UTF-8，或替换这些字符。</translation>
    </message>
    <message>
        <source>Save it as plain UTF-8.</source>
        <translation>请保存为普通的 UTF-8。</translation>
    </message>
    <message>
        <source>Save it in another place.</source>
        <translation>请保存到别处。</translation>
    </message>
    <message>
        <source>Save it in another place; the text is still open.</source>
        <translation>请保存到别处；文字仍然打开着。</translation>
    </message>
    <message>
        <source>Save it into another folder; the text is still open.</source>
        <translation>请保存到其他文件夹；文字仍然打开着。</translation>
    </message>
    <message>
        <source>Save it under another name.</source>
        <translation>请另存为其他名称。</translation>
    </message>
    <message>
        <source>Save the report in another place.</source>
        <translation>请将报告保存到其他位置。</translation>
    </message>
    <message>
        <source>Save under another name, or save over it; that file is then kept as a snapshot.</source>
        <translation>请另存为其他名称，或覆盖它；那个文件会保留为快照。</translation>
    </message>
    <message>
        <source>Save under another name, or save over it; the other version is then kept as a snapshot.</source>
        <translation>请另存为其他名称，或覆盖它；另一个版本会保留为快照。</translation>
    </message>
    <message>
        <source>Save under another name; the text is still open.</source>
        <translation>请另存为其他名称；文字仍然打开着。</translation>
    </message>
    <message>
        <source>See `lampblack models search`.</source>
        <translation>请看 `lampblack models search`。</translation>
    </message>
    <message>
        <source>See `lampblack runs list`.</source>
        <translation>参见 `lampblack runs list`。</translation>
    </message>
    <message>
        <source>See whether it is on, then try again.</source>
        <translation>请检查打印机是否已打开，然后重试。</translation>
    </message>
    <message>
        <source>See whether the column of the labels is the right one.</source>
        <translation>请检查标签列是否选对。</translation>
    </message>
    <message>
        <source>Set HOME, or LAMPBLACK_HOME, to a folder that can be written to.</source>
        <translation>请将 HOME 或 LAMPBLACK_HOME 设为可以写入的文件夹。</translation>
    </message>
    <message>
        <source>Several runs are called {0}.</source>
        <translation>有几次运行都叫 {0}。</translation>
    </message>
    <message>
        <source>Several words are good, and easier to remember.</source>
        <translation>几个词连在一起就很好，也更容易记住。</translation>
    </message>
    <message>
        <source>Shorten it or load the model with a larger context.</source>
        <translation>请缩短它，或用更长的上下文载入模型。</translation>
    </message>
    <message>
        <source>Shorten it, load the model with a larger context, or let its beginning be dropped.</source>
        <translation>请缩短它，用更长的上下文载入模型，或允许去掉开头部分。</translation>
    </message>
    <message>
        <source>Somebody may be in between; check the date of this computer and the network.</source>
        <translation>可能有人居中窃听；请检查这台电脑的日期和网络。</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>Start Lampblack again and try once more.</source>
        <translation>请重新启动 Lampblack，再试一次。</translation>
    </message>
    <message>
        <source>Start Lampblack again. {0}</source>
        <translation>请重新启动 Lampblack。{0}</translation>
    </message>
    <message>
        <source>Start Lampblack once, then try it.</source>
        <translation>请先启动一次 Lampblack，然后再试。</translation>
    </message>
    <message>
        <source>Start it again; if the settings forbid the network, allow it first.</source>
        <translation>请重新启动；如果设置禁止联网，请先允许。</translation>
    </message>
    <message>
        <source>Start the command again.</source>
        <translation>请重新运行命令。</translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation>请先停止它。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Switch flash attention on, or take f16.</source>
        <translation>请开启 flash attention，或使用 f16。</translation>
    </message>
    <message>
        <source>Take 2048 or more for writing, or 0 for the model&apos;s own.</source>
        <translation>写作请用 2048 以上，或用 0 采用模型自身的长度。</translation>
    </message>
    <message>
        <source>Take another one.</source>
        <translation>请取另一个。</translation>
    </message>
    <message>
        <source>Take it off the list, or remove it in the file manager.</source>
        <translation>请从列表中移除，或在文件管理器中删除。</translation>
    </message>
    <message>
        <source>Take it out of the schema, or check it in the written text.</source>
        <translation>请把它从模式中去掉，或在写出的文字中检查。</translation>
    </message>
    <message>
        <source>Take one of {0}.</source>
        <translation>请取 {0} 之一。</translation>
    </message>
    <message>
        <source>Take the version before or after it.</source>
        <translation>请取它之前或之后的版本。</translation>
    </message>
    <message>
        <source>Taken: {0}. Healed on pages of this machine.</source>
        <translation>去除：{0}。已用本机的页面修复。</translation>
    </message>
    <message>
        <source>Taught by {0} on pages of this machine.</source>
        <translation>由 {0} 用本机的页面教授。</translation>
    </message>
    <message>
        <source>That cannot be remembered of a model: {0}.</source>
        <translation>无法为模型记住这一点：{0}。</translation>
    </message>
    <message>
        <source>That is no token or key.</source>
        <translation>这不是令牌或密钥。</translation>
    </message>
    <message>
        <source>That is not the passphrase.</source>
        <translation>口令不对。</translation>
    </message>
    <message>
        <source>The JSON schema could not be followed any further: {0}.</source>
        <translation>JSON 模式无法继续遵守：{0}。</translation>
    </message>
    <message>
        <source>The KV cache is of type q8_0 with flash attention in place of {0}, to fit into the free memory: {1} for each token in place of {2}.</source>
        <translation>为了放进空闲内存，KV 缓存改用 q8_0 和 flash attention，代替 {0}：每个词元 {1}，原为 {2}。</translation>
    </message>
    <message>
        <source>The PyTorch engine cannot be read: {0}. Install it again.</source>
        <translation>无法读取 PyTorch 引擎：{0}。请重新安装。</translation>
    </message>
    <message>
        <source>The PyTorch engine could not be removed: {0}.</source>
        <translation>无法移除 PyTorch 引擎：{0}。</translation>
    </message>
    <message>
        <source>The PyTorch engine is damaged: its program is missing. Install it again.</source>
        <translation>PyTorch 引擎已损坏：缺少其程序。请重新安装。</translation>
    </message>
    <message>
        <source>The PyTorch engine is in use.</source>
        <translation>PyTorch 引擎正在使用中。</translation>
    </message>
    <message>
        <source>The PyTorch engine is not installed.</source>
        <translation>PyTorch 引擎未安装。</translation>
    </message>
    <message>
        <source>The PyTorch engine needs {0} with a reserve, and the disk of {1} has {2} left.</source>
        <translation>PyTorch 引擎连同预留空间需要 {0}，而 {1} 所在磁盘只剩 {2}。</translation>
    </message>
    <message>
        <source>The PyTorch engine {0} belongs to a newer version of Lampblack.</source>
        <translation>PyTorch 引擎 {0} 属于更新版本的 Lampblack。</translation>
    </message>
    <message>
        <source>The PyTorch engine {0} belongs to an older version of Lampblack.</source>
        <translation>PyTorch 引擎 {0} 属于旧版本的 Lampblack。</translation>
    </message>
    <message>
        <source>The PyTorch engine {0} is made for {1} on {2}.</source>
        <translation>PyTorch 引擎 {0} 适用于 {2} 上的 {1}。</translation>
    </message>
    <message>
        <source>The PyTorch engine {0} needs the C library glibc {1}, and this system has {2}.</source>
        <translation>PyTorch 引擎 {0} 需要 C 库 glibc {1}，而此系统的是 {2}。</translation>
    </message>
    <message>
        <source>The Torch engine cannot run {0}: {1}.</source>
        <translation>Torch 引擎无法运行 {0}：{1}。</translation>
    </message>
    <message>
        <source>The Torch engine could not load {0}: {1}.</source>
        <translation>Torch 引擎无法载入 {0}：{1}。</translation>
    </message>
    <message>
        <source>The Torch engine is not installed here: {0} is missing.</source>
        <translation>这里没有安装 Torch 引擎：缺少 {0}。</translation>
    </message>
    <message>
        <source>The Torch engine is not installed here: {0}.</source>
        <translation>这里没有安装 Torch 引擎：{0}。</translation>
    </message>
    <message>
        <source>The Torch engine only starts where HF_HUB_OFFLINE=1 keeps its library offline.</source>
        <translation>只有 HF_HUB_OFFLINE=1 让库保持离线时，Torch 引擎才会启动。</translation>
    </message>
    <message>
        <source>The action name {0} is taken or not allowed.</source>
        <translation>操作名称 {0} 已被占用或不允许使用。</translation>
    </message>
    <message>
        <source>The action {0} cannot be used: {1}.</source>
        <translation>操作 {0} 无法使用：{1}。</translation>
    </message>
    <message>
        <source>The actions cannot be saved: {0}.</source>
        <translation>操作无法保存：{0}。</translation>
    </message>
    <message>
        <source>The actions could not be saved to {0}: {1}.</source>
        <translation>操作未能保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The actions in {0} cannot be read: {1}.</source>
        <translation>无法读取 {0} 中的操作：{1}。</translation>
    </message>
    <message>
        <source>The adapter could not be put at {0}: {1}.</source>
        <translation>适配器无法放到 {0}:{1}。</translation>
    </message>
    <message>
        <source>The adapter {0} changes {1}, which is also this model&apos;s input.</source>
        <translation>适配器 {0} 改动了 {1}，它也是这个模型的输入。</translation>
    </message>
    <message>
        <source>The adapter {0} changes {1}, which is no linear layer of this model.</source>
        <translation>适配器 {0} 改动了 {1}，它不是这个模型的线性层。</translation>
    </message>
    <message>
        <source>The adapter {0} changes {1}, which this model does not have.</source>
        <translation>适配器 {0} 改动了 {1}，而这个模型没有它。</translation>
    </message>
    <message>
        <source>The adapter {0} does not fit the shape of {1} in this model.</source>
        <translation>适配器 {0} 与这个模型中 {1} 的形状不符。</translation>
    </message>
    <message>
        <source>The adapter {0} does not fit {1}: {2}.</source>
        <translation>适配器 {0} 不适合 {1}：{2}。</translation>
    </message>
    <message>
        <source>The adapter {0} does not say its rank and its alpha.</source>
        <translation>适配器 {0} 没有注明它的秩和 alpha。</translation>
    </message>
    <message>
        <source>The adapter {0} has no sound alpha_pattern.</source>
        <translation>适配器 {0} 没有正确的 alpha_pattern。</translation>
    </message>
    <message>
        <source>The adapter {0} is damaged: it lacks a part of {1}.</source>
        <translation>适配器 {0} 已损坏：缺少 {1} 的一部分。</translation>
    </message>
    <message>
        <source>The adapter {0} is not a LoRA but {1}.</source>
        <translation>适配器 {0} 不是 LoRA，而是{1}。</translation>
    </message>
    <message>
        <source>The adapter {0} is not plain LoRA: it changes {1}, too.</source>
        <translation>适配器 {0} 不是普通的 LoRA：它还改动了{1}。</translation>
    </message>
    <message>
        <source>The adapter {0} is not plain LoRA: it has {1}.</source>
        <translation>适配器 {0} 不是普通的 LoRA：它有{1}。</translation>
    </message>
    <message>
        <source>The adapter {0} is not plain LoRA: some words switch it on and off.</source>
        <translation>适配器 {0} 不是普通的 LoRA：有些词会开关它。</translation>
    </message>
    <message>
        <source>The adapter {0} was made for {1}, but {2} is {3}.</source>
        <translation>适配器 {0} 是为 {1} 制作的，而 {2} 是 {3}。</translation>
    </message>
    <message>
        <source>The address of {0} is of no kind that can be fetched.</source>
        <translation>{0} 的地址属于不能获取的类型。</translation>
    </message>
    <message>
        <source>The app sent something that is not a command: {0}</source>
        <translation>程序发来的内容不是命令：{0}</translation>
    </message>
    <message>
        <source>The book in {0} could not be changed: {1}.</source>
        <translation>无法更改 {0} 中的书：{1}。</translation>
    </message>
    <message>
        <source>The card could not be written: {0}.</source>
        <translation>无法写入卡片：{0}。</translation>
    </message>
    <message>
        <source>The catalogue has no model {0}.</source>
        <translation>模型目录中没有 {0}。</translation>
    </message>
    <message>
        <source>The catalogue may be out of date.</source>
        <translation>模型目录可能已过时。</translation>
    </message>
    <message>
        <source>The catalogue {0} cannot be read: {1}.</source>
        <translation>无法读取模型目录 {0}：{1}。</translation>
    </message>
    <message>
        <source>The catalogue {0} cannot be used: {1}.</source>
        <translation>模型目录 {0} 无法使用：{1}。</translation>
    </message>
    <message>
        <source>The catalogue {0} has version {1}, and this program reads {2}.</source>
        <translation>模型目录 {0} 的版本是 {1}，而这个程序读取版本 {2}。</translation>
    </message>
    <message>
        <source>The catalogue {0} is not valid: {1}.</source>
        <translation>模型目录 {0} 无效：{1}。</translation>
    </message>
    <message>
        <source>The catalogue {0} is wrong in its entry {1}: {2}.</source>
        <translation>模型目录 {0} 的条目 {1} 有误：{2}。</translation>
    </message>
    <message>
        <source>The certificate of {0} {1}, so nothing was sent.</source>
        <translation>{0} 的证书{1}，因此什么都没有发送。</translation>
    </message>
    <message>
        <source>The certificate {0} and the key {1} cannot be used for https.</source>
        <translation>证书 {0} 和密钥 {1} 不能用于 https。</translation>
    </message>
    <message>
        <source>The certificate {0} cannot be read: {1}.</source>
        <translation>无法读取证书 {0}：{1}。</translation>
    </message>
    <message>
        <source>The certificate {0}, with its key in it, cannot be used for https.</source>
        <translation>证书 {0}（其中含有密钥）不能用于 https。</translation>
    </message>
    <message>
        <source>The classifier could not be put at {0}: {1}.</source>
        <translation>无法把分类器放到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The classifier gave no usable numbers for the text.</source>
        <translation>分类模型没有给出可用的数值。</translation>
    </message>
    <message>
        <source>The command line can use it: lampblack generate --server.</source>
        <translation>命令行可以使用它：lampblack generate --server。</translation>
    </message>
    <message>
        <source>The connection failed.</source>
        <translation>连接失败。</translation>
    </message>
    <message>
        <source>The connection to the server {0} failed: {1}.</source>
        <translation>与服务器 {0} 的连接失败：{1}。</translation>
    </message>
    <message>
        <source>The context is {0} tokens in place of {1}, to fit into the free memory.</source>
        <translation>为了放进空闲内存，上下文为 {0} 个词元，原为 {1} 个。</translation>
    </message>
    <message>
        <source>The copy could not be put at {0}: {1}.</source>
        <translation>副本无法放到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The copy does not hold all of the model&apos;s weights.</source>
        <translation>副本没有包含模型的全部权重。</translation>
    </message>
    <message>
        <source>The copy is larger than the model and cannot be better: what {0} rounded away stays lost. In {1} it may read prompts faster.</source>
        <translation>副本比模型大，却不可能更好：{0} 舍入丢失的已无法找回。用 {1} 读提示词可能更快。</translation>
    </message>
    <message>
        <source>The copy is no smaller than the model.</source>
        <translation>副本并不比模型小。</translation>
    </message>
    <message>
        <source>The copy is not sound: {0}</source>
        <translation>副本不完好：{0}</translation>
    </message>
    <message>
        <source>The copy needs about {0}, but only {1} are free in {2}.</source>
        <translation>副本需要约 {0}，但 {2} 中只有 {1} 空闲。</translation>
    </message>
    <message>
        <source>The copy of the store is damaged ({0}).</source>
        <translation>存储的副本已损坏（{0}）。</translation>
    </message>
    <message>
        <source>The copy of {0} is not what was written to the disk.</source>
        <translation>{0} 的副本与写入磁盘的内容不符。</translation>
    </message>
    <message>
        <source>The copy&apos;s name, {0}, does not end in .gguf.</source>
        <translation>副本的名称 {0} 不是以 .gguf 结尾。</translation>
    </message>
    <message>
        <source>The dictionary {0} cannot be read ({1}).</source>
        <translation>无法读取词典 {0}（{1}）。</translation>
    </message>
    <message>
        <source>The disk cannot hold files as large as {0}.</source>
        <translation>磁盘存不下 {0} 这样大的文件。</translation>
    </message>
    <message>
        <source>The disk is full, and {0} is not complete.</source>
        <translation>磁盘已满，{0} 不完整。</translation>
    </message>
    <message>
        <source>The disk is full: the copy of {0} could not be written.</source>
        <translation>磁盘已满：{0} 的副本无法写入。</translation>
    </message>
    <message>
        <source>The download broke off.</source>
        <translation>下载中断了。</translation>
    </message>
    <message>
        <source>The download was cancelled.</source>
        <translation>下载已取消。</translation>
    </message>
    <message>
        <source>The download was stopped.</source>
        <translation>下载已停止。</translation>
    </message>
    <message>
        <source>The download&apos;s own process ended before it was done.</source>
        <translation>下载进程在完成之前结束了。</translation>
    </message>
    <message>
        <source>The download&apos;s own process sent something unreadable.</source>
        <translation>下载进程发来了无法读取的内容。</translation>
    </message>
    <message>
        <source>The engine broke off: {0}</source>
        <translation>引擎中断了：{0}</translation>
    </message>
    <message>
        <source>The engine could not be started: {0}.</source>
        <translation>引擎无法启动：{0}。</translation>
    </message>
    <message>
        <source>The engine did not answer within {0} seconds.</source>
        <translation>引擎在 {0} 秒内没有应答。</translation>
    </message>
    <message>
        <source>The engine met an unexpected problem ({0}).</source>
        <translation>引擎遇到了意外问题（{0}）。</translation>
    </message>
    <message>
        <source>The engine must be one of auto, llama.cpp, torch, not {0}.</source>
        <translation>引擎必须是 auto、llama.cpp、torch 之一，而不是 {0}。</translation>
    </message>
    <message>
        <source>The engine speaks version {0} of the protocol, and this program version {1}.</source>
        <translation>引擎使用协议版本 {0}，而这个程序使用版本 {1}。</translation>
    </message>
    <message>
        <source>The engine stopped while another job ran, too.</source>
        <translation>引擎停止了，当时另一项任务也在运行。</translation>
    </message>
    <message>
        <source>The engine was closed.</source>
        <translation>引擎已关闭。</translation>
    </message>
    <message>
        <source>The engine {0}</source>
        <translation>引擎{0}</translation>
    </message>
    <message>
        <source>The engine&apos;s library uses instructions that this processor does not have: install one that was built for it, or use the other engine.</source>
        <translation>引擎的库使用了这个处理器没有的指令：请安装为它编译的版本，或使用另一个引擎。</translation>
    </message>
    <message>
        <source>The export profile {0} cannot be used: there is no paper {1}.</source>
        <translation>导出配置 {0} 无法使用：没有 {1} 这种纸张。</translation>
    </message>
    <message>
        <source>The export profile {0} cannot be used: {1}.</source>
        <translation>导出配置 {0} 无法使用：{1}。</translation>
    </message>
    <message>
        <source>The export profiles cannot be saved: {0}.</source>
        <translation>导出配置无法保存：{0}。</translation>
    </message>
    <message>
        <source>The export profiles could not be saved to {0}: {1}.</source>
        <translation>导出配置无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The export profiles in {0} cannot be read: {1}.</source>
        <translation>{0} 中的导出配置无法读取：{1}。</translation>
    </message>
    <message>
        <source>The fastest to read prompts on most processors; the plainest rounding to four bits.</source>
        <translation>在多数处理器上读提示词最快；最简单的 4 位舍入。</translation>
    </message>
    <message>
        <source>The file could not be read to its end: it was changed meanwhile, or its disk fails. Verify the file, then load it again or get it again.</source>
        <translation>文件没能读到末尾：其间被改动，或磁盘有故障。请校验文件，再重新载入或重新取得。</translation>
    </message>
    <message>
        <source>The file given for the server&apos;s authority holds no certificate.</source>
        <translation>为服务器证书机构提供的文件中没有证书。</translation>
    </message>
    <message>
        <source>The file that was fetched is not {0}: its checksum differs.</source>
        <translation>获取的文件不是 {0}：校验和不同。</translation>
    </message>
    <message>
        <source>The file {0} cannot be read: {1}.</source>
        <translation>无法读取文件 {0}：{1}。</translation>
    </message>
    <message>
        <source>The file {0} is damaged: {1}, and titles and notes begin again.</source>
        <translation>文件 {0} 已损坏：{1}，名称和备注将从头开始。</translation>
    </message>
    <message>
        <source>The file&apos;s encoding, {0}, cannot hold {1}.</source>
        <translation>文件的编码 {0} 无法保存 {1}。</translation>
    </message>
    <message>
        <source>The folder of the book does not answer.</source>
        <translation>书籍所在的文件夹没有响应。</translation>
    </message>
    <message>
        <source>The graphics card had no room for {0} layers, so {1}.</source>
        <translation>显卡放不下 {0} 层，因此{1}。</translation>
    </message>
    <message>
        <source>The history of each text has what it was.</source>
        <translation>各文本的历史记录中有以前的内容。</translation>
    </message>
    <message>
        <source>The hub has another {0} than the catalogue knows.</source>
        <translation>站点上的 {0} 与模型目录所知的不同。</translation>
    </message>
    <message>
        <source>The hub&apos;s answer cannot be read.</source>
        <translation>无法读取站点的应答。</translation>
    </message>
    <message>
        <source>The installation was stopped.</source>
        <translation>安装已停止。</translation>
    </message>
    <message>
        <source>The labels that there are: {0}.</source>
        <translation>现有的标签：{0}。</translation>
    </message>
    <message>
        <source>The large model cannot take guesses back.</source>
        <translation>大模型无法撤回猜测。</translation>
    </message>
    <message>
        <source>The line broke before the file was whole</source>
        <translation>文件传完之前连接断开了</translation>
    </message>
    <message>
        <source>The line to {0} broke</source>
        <translation>与 {0} 的连接断开了</translation>
    </message>
    <message>
        <source>The list of downloads {0} cannot be used: {1}. What is fetched now is not listed after a restart.</source>
        <translation>下载列表 {0} 无法使用：{1}。现在获取的内容在重新启动后不会列出。</translation>
    </message>
    <message>
        <source>The list of downloads {0} is damaged: {1}, and it begins again.</source>
        <translation>下载列表 {0} 已损坏：{1}，列表将从头开始。</translation>
    </message>
    <message>
        <source>The list of licences cannot be read: {0}.</source>
        <translation>无法读取许可证清单：{0}。</translation>
    </message>
    <message>
        <source>The list of licences names no file of its own for this text.</source>
        <translation>许可证清单没有为这份全文指明自己的文件。</translation>
    </message>
    <message>
        <source>The list of servers cannot be read: {0}.</source>
        <translation>无法读取服务器列表：{0}。</translation>
    </message>
    <message>
        <source>The list of servers cannot be saved: {0}.</source>
        <translation>无法保存服务器列表：{0}。</translation>
    </message>
    <message>
        <source>The list of servers could not be saved to {0}: {1}.</source>
        <translation>服务器列表无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The list of servers in {0} cannot be used: {1}; {2}, and {3}.</source>
        <translation>{0} 中的服务器列表无法使用：{1}；{2}，{3}。</translation>
    </message>
    <message>
        <source>The list of the book in {0} cannot be used: {1}.</source>
        <translation>无法使用 {0} 中书的列表：{1}。</translation>
    </message>
    <message>
        <source>The list of the book in {0} was damaged: {1}. What could be read of it is here; {2}.</source>
        <translation>{0} 中书的列表已损坏：{1}。能读取的部分都在这里；{2}。</translation>
    </message>
    <message>
        <source>The list of the book in {0} was not written: {1}.</source>
        <translation>未能写入 {0} 中书的列表：{1}。</translation>
    </message>
    <message>
        <source>The llama.cpp engine is not installed here: {0}.</source>
        <translation>这里没有安装 llama.cpp 引擎：{0}。</translation>
    </message>
    <message>
        <source>The local service cannot be switched on in this window.</source>
        <translation>这个窗口不能开启本地服务。</translation>
    </message>
    <message>
        <source>The local service could not be started.</source>
        <translation>本地服务无法启动。</translation>
    </message>
    <message>
        <source>The local service could not be started: {0}.</source>
        <translation>本地服务无法启动：{0}。</translation>
    </message>
    <message>
        <source>The messages use every private character of Unicode.</source>
        <translation>消息用到了 Unicode 的所有私用字符。</translation>
    </message>
    <message>
        <source>The model computed no usable numbers for the next word.</source>
        <translation>模型没有为下一个词算出可用的数值。</translation>
    </message>
    <message>
        <source>The model could not be measured: other programs keep this machine busy, or too little memory is free. It is tried again whenever the model is loaded.</source>
        <translation>无法测试模型：其他程序让本机忙碌，或空闲内存太少。每次载入模型时会再试。</translation>
    </message>
    <message>
        <source>The model could not be measured: {0}</source>
        <translation>无法测试模型：{0}</translation>
    </message>
    <message>
        <source>The model could not be put into {0}: {1}.</source>
        <translation>模型无法放进 {0}：{1}。</translation>
    </message>
    <message>
        <source>The model gave no usable numbers for the passage.</source>
        <translation>模型没有为这段文字给出可用的数值。</translation>
    </message>
    <message>
        <source>The model gave no usable numbers for the sentence.</source>
        <translation>模型没有为这个句子给出可用的数字。</translation>
    </message>
    <message>
        <source>The model is in {0} already.</source>
        <translation>模型已经在 {0} 中。</translation>
    </message>
    <message>
        <source>The model is not kept for the next time: {0}.</source>
        <translation>没有为下次保留模型：{0}。</translation>
    </message>
    <message>
        <source>The model ran out of memory while it computed.</source>
        <translation>模型在计算时内存不足。</translation>
    </message>
    <message>
        <source>The model was made for a context of {0} tokens, and {1} are asked for: beyond its own its text may make no sense.</source>
        <translation>模型的上下文为 {0} 个词元，而要求的是 {1} 个：超出之后文字可能不通。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template did not end within {0} seconds.</source>
        <translation>模型的对话模板在 {0} 秒内没有结束。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template failed: {0}.</source>
        <translation>模型的对话模板出错：{0}。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template fills the memory.</source>
        <translation>模型的对话模板占满了内存。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template is too long to be one.</source>
        <translation>模型的对话模板太长，不像是模板。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template leaves out {0}.</source>
        <translation>模型的对话模板遗漏了{0}。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template refuses these messages: {0}.</source>
        <translation>模型的对话模板拒绝了这些消息：{0}。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template writes a mark that is not its own.</source>
        <translation>模型的对话模板写出了不属于它的标记。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template writes without end.</source>
        <translation>模型的对话模板写个不停。</translation>
    </message>
    <message>
        <source>The model&apos;s own header will tell more when it is on this machine.</source>
        <translation>模型下载到本机后，它的文件头会提供更多信息。</translation>
    </message>
    <message>
        <source>The model&apos;s path is not valid UTF-8.</source>
        <translation>模型的路径不是有效的 UTF-8。</translation>
    </message>
    <message>
        <source>The model&apos;s tokenizer knows tokens that the model does not.</source>
        <translation>模型的分词器中有模型没有的词元。</translation>
    </message>
    <message>
        <source>The models folder {0} cannot be written to: {1}.</source>
        <translation>模型文件夹 {0} 无法写入：{1}。</translation>
    </message>
    <message>
        <source>The network is switched off in the settings, so that nothing can be fetched.</source>
        <translation>设置中已关闭联网，因此无法获取任何内容。</translation>
    </message>
    <message>
        <source>The pack is damaged: {0}.</source>
        <translation>引擎包已损坏：{0}。</translation>
    </message>
    <message>
        <source>The pack was made for a newer version of Lampblack.</source>
        <translation>引擎包是为更新版本的 Lampblack 制作的。</translation>
    </message>
    <message>
        <source>The package index cannot be read.</source>
        <translation>无法读取软件包索引。</translation>
    </message>
    <message>
        <source>The package index has no wheel of {0} {1}.</source>
        <translation>软件包索引中没有 {0} {1} 的 wheel。</translation>
    </message>
    <message>
        <source>The package {0} that was fetched is damaged.</source>
        <translation>获取的软件包 {0} 已损坏。</translation>
    </message>
    <message>
        <source>The pages have {0} words, more than the {1} that can be learned.</source>
        <translation>文稿有 {0} 个词，超过了可以学习的 {1} 个。</translation>
    </message>
    <message>
        <source>The pages of {0} have been changed since it was begun.</source>
        <translation>{0} 开始之后，它的文稿已被改动。</translation>
    </message>
    <message>
        <source>The passage is too short to be measured.</source>
        <translation>段落太短，无法测量。</translation>
    </message>
    <message>
        <source>The passphrase could not be changed: {0}.</source>
        <translation>无法更改口令：{0}。</translation>
    </message>
    <message>
        <source>The passphrase was set by a newer version of Lampblack.</source>
        <translation>口令是由较新版本的 Lampblack 设置的。</translation>
    </message>
    <message>
        <source>The preset name {0} is taken or not allowed.</source>
        <translation>预设名称 {0} 已被占用或不允许。</translation>
    </message>
    <message>
        <source>The preset {0} cannot be used: {1}.</source>
        <translation>预设 {0} 无法使用：{1}。</translation>
    </message>
    <message>
        <source>The preset {0} does not hold parameters.</source>
        <translation>预设 {0} 中没有参数。</translation>
    </message>
    <message>
        <source>The preset {0} is built in and cannot be changed.</source>
        <translation>预设 {0} 是内置的，不能更改。</translation>
    </message>
    <message>
        <source>The presets cannot be saved: {0}.</source>
        <translation>无法保存预设：{0}。</translation>
    </message>
    <message>
        <source>The presets could not be saved to {0}: {1}.</source>
        <translation>预设无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The presets in {0} cannot be read: {1}.</source>
        <translation>无法读取 {0} 中的预设：{1}。</translation>
    </message>
    <message>
        <source>The printer could not be reached.</source>
        <translation>无法连接打印机。</translation>
    </message>
    <message>
        <source>The private key in {0} is locked with a password.</source>
        <translation>{0} 中的私钥有密码保护。</translation>
    </message>
    <message>
        <source>The process that reads files did not start: {0}.</source>
        <translation>读取文件的进程未能启动：{0}。</translation>
    </message>
    <message>
        <source>The process that reads the model has ended.</source>
        <translation>读取模型的进程已结束。</translation>
    </message>
    <message>
        <source>The process that searches has ended.</source>
        <translation>负责搜索的进程已结束。</translation>
    </message>
    <message>
        <source>The process that speaks to the server cannot be started: {0}.</source>
        <translation>与服务器通信的进程无法启动：{0}。</translation>
    </message>
    <message>
        <source>The process that speaks to the server has ended.</source>
        <translation>与服务器通信的进程已结束。</translation>
    </message>
    <message>
        <source>The process that speaks to the server {0}.</source>
        <translation>与服务器通信的进程{0}。</translation>
    </message>
    <message>
        <source>The process that writes PDF files did not start: {0}.</source>
        <translation>写 PDF 文件的进程未能启动：{0}。</translation>
    </message>
    <message>
        <source>The process that writes PDF files has ended before it was done.</source>
        <translation>写 PDF 文件的进程未完成就结束了。</translation>
    </message>
    <message>
        <source>The profile {0} is built in and cannot be changed.</source>
        <translation>配置 {0} 是内置的，无法更改。</translation>
    </message>
    <message>
        <source>The profiles in {0} cannot be read: {1}.</source>
        <translation>{0} 中的配置无法读取：{1}。</translation>
    </message>
    <message>
        <source>The prompt before the choices is empty.</source>
        <translation>选项之前的提示词为空。</translation>
    </message>
    <message>
        <source>The prompt has {0} tokens, but the model&apos;s context has room for {1}.</source>
        <translation>提示词有 {0} 个词元，而模型的上下文只能容纳 {1} 个。</translation>
    </message>
    <message>
        <source>The prompt is empty, and this model has no token to begin with.</source>
        <translation>提示词为空，而这个模型没有起始词元。</translation>
    </message>
    <message>
        <source>The proxy or the certificates in the environment cannot be used: {0}.</source>
        <translation>环境中的代理或证书无法使用：{0}。</translation>
    </message>
    <message>
        <source>The reason is not known: it may be a damaged file, this processor or its memory, a driver, or a fault in the engine. Verify the file; if it is whole, use another model, the other engine or a newer version of the program.</source>
        <translation>原因不明：可能是文件损坏、处理器或内存、驱动程序，或引擎的缺陷。请校验文件；如果完好，请换其他模型、另一个引擎或更新的版本。</translation>
    </message>
    <message>
        <source>The record of {0} cannot be read: {1}.</source>
        <translation>{0} 的记录无法读取：{1}。</translation>
    </message>
    <message>
        <source>The replacement is not right: {0}.</source>
        <translation>替换内容有误：{0}。</translation>
    </message>
    <message>
        <source>The repository {0} has no file {1} at {2}.</source>
        <translation>仓库 {0} 在 {2} 没有文件 {1}。</translation>
    </message>
    <message>
        <source>The run could not be begun: {0}.</source>
        <translation>无法开始这次训练：{0}。</translation>
    </message>
    <message>
        <source>The run could not be recorded: {0}.</source>
        <translation>无法记录这次训练：{0}。</translation>
    </message>
    <message>
        <source>The run {0} came to its end in another place.</source>
        <translation>运行 {0} 已在别处结束。</translation>
    </message>
    <message>
        <source>The run {0} cannot be marked as going on: {1}.</source>
        <translation>运行 {0} 无法标记为进行中：{1}。</translation>
    </message>
    <message>
        <source>The run {0} goes on in another window or terminal.</source>
        <translation>运行 {0} 正在另一个窗口或终端中进行。</translation>
    </message>
    <message>
        <source>The run {0} goes on.</source>
        <translation>运行 {0} 正在进行。</translation>
    </message>
    <message>
        <source>The run {0} is of another kind, and is not resumed here.</source>
        <translation>训练 {0} 属于另一种类型，不能在此继续。</translation>
    </message>
    <message>
        <source>The run {0} is over, and cannot be resumed.</source>
        <translation>训练 {0} 已经结束，不能继续。</translation>
    </message>
    <message>
        <source>The server broke off in the middle.</source>
        <translation>服务器中途断开了。</translation>
    </message>
    <message>
        <source>The server broke off: {0}</source>
        <translation>服务器中断了：{0}</translation>
    </message>
    <message>
        <source>The server can only say how likely a text is behind a plain prompt.</source>
        <translation>该服务器只能给出普通提示之后文字的概率。</translation>
    </message>
    <message>
        <source>The server cannot be given a text by its tokens&apos; numbers.</source>
        <translation>不能用词元编号向服务器提供文字。</translation>
    </message>
    <message>
        <source>The server cannot be told of {0}: it writes without Lampblack&apos;s defaults of them.</source>
        <translation>无法告诉服务器 {0}：它不按 Lampblack 的默认值写作。</translation>
    </message>
    <message>
        <source>The server cannot tell how likely an answer in a chat is.</source>
        <translation>服务器不能给出对话回答的概率。</translation>
    </message>
    <message>
        <source>The server cannot {0}.</source>
        <translation>服务器不能{0}。</translation>
    </message>
    <message>
        <source>The server cannot {0}: {1}.</source>
        <translation>服务器不能{0}：{1}。</translation>
    </message>
    <message>
        <source>The server does not count tokens.</source>
        <translation>服务器不统计词元数。</translation>
    </message>
    <message>
        <source>The server does not tell how likely a part of a letter is.</source>
        <translation>服务器不给出半个字符的概率。</translation>
    </message>
    <message>
        <source>The server drops what it writes when it is asked again, so it is asked in turns.</source>
        <translation>再次请求时，服务器会放弃正在写的内容，因此请求依次进行。</translation>
    </message>
    <message>
        <source>The server ended a text that was to be long.</source>
        <translation>服务器提前结束了本应较长的文字。</translation>
    </message>
    <message>
        <source>The server gave no probabilities with its text.</source>
        <translation>服务器没有随文字给出概率。</translation>
    </message>
    <message>
        <source>The server has no model loaded.</source>
        <translation>服务器没有载入模型。</translation>
    </message>
    <message>
        <source>The server has {0}.</source>
        <translation>服务器有 {0}。</translation>
    </message>
    <message>
        <source>The server leaves out letters of several tokens where it gives probabilities.</source>
        <translation>服务器给出概率时遗漏了由几个词元组成的字符。</translation>
    </message>
    <message>
        <source>The server of {0} does not say how likely the words of a text are.</source>
        <translation>{0} 的服务器不提供文字中各词的概率。</translation>
    </message>
    <message>
        <source>The server sent an answer that was not asked for.</source>
        <translation>服务器发来了没有要求的回答。</translation>
    </message>
    <message>
        <source>The server sent another part of the file than was asked for</source>
        <translation>服务器发来的不是所要求的那部分文件</translation>
    </message>
    <message>
        <source>The server sent far too much.</source>
        <translation>服务器发来的内容过多。</translation>
    </message>
    <message>
        <source>The server sent probabilities that cannot be right.</source>
        <translation>服务器发来的概率不可能正确。</translation>
    </message>
    <message>
        <source>The server sent something that is not an answer.</source>
        <translation>服务器发来的内容不是回答。</translation>
    </message>
    <message>
        <source>The server wrote another token than that which was to be judged.</source>
        <translation>服务器写出的词元与要评判的不同。</translation>
    </message>
    <message>
        <source>The server {0} cannot be reached: it does not answer.</source>
        <translation>无法连接服务器 {0}：没有应答。</translation>
    </message>
    <message>
        <source>The server {0} has not answered for too long.</source>
        <translation>服务器 {0} 太久没有应答。</translation>
    </message>
    <message>
        <source>The server {0} {1} ({2}).</source>
        <translation>服务器 {0} {1}（{2}）。</translation>
    </message>
    <message>
        <source>The server {0}.</source>
        <translation>服务器 {0}。</translation>
    </message>
    <message>
        <source>The server&apos;s address “{0}” cannot be used: {1}.</source>
        <translation>服务器地址“{0}”无法使用：{1}。</translation>
    </message>
    <message>
        <source>The server&apos;s key holds a space or a letter that no key can have.</source>
        <translation>服务器密钥中有空格或密钥不能含有的字符。</translation>
    </message>
    <message>
        <source>The server&apos;s name {0} cannot be found ({1}).</source>
        <translation>找不到服务器名 {0}（{1}）。</translation>
    </message>
    <message>
        <source>The server&apos;s name {0} has no address.</source>
        <translation>服务器名 {0} 没有地址。</translation>
    </message>
    <message>
        <source>The server&apos;s tokens are not those of the text.</source>
        <translation>服务器的词元与文字不符。</translation>
    </message>
    <message>
        <source>The service cannot use port {0}: {1}.</source>
        <translation>服务无法使用端口 {0}：{1}。</translation>
    </message>
    <message>
        <source>The service&apos;s token cannot be kept in {0}: {1}.</source>
        <translation>服务的令牌无法保存在 {0}：{1}。</translation>
    </message>
    <message>
        <source>The setting {0} may hold only paths.</source>
        <translation>设置 {0} 只能包含路径。</translation>
    </message>
    <message>
        <source>The setting {0} must be a list of paths.</source>
        <translation>设置 {0} 必须是路径列表。</translation>
    </message>
    <message>
        <source>The setting {0} must be a path or name.</source>
        <translation>设置 {0} 必须是路径或名称。</translation>
    </message>
    <message>
        <source>The setting {0} must be a table; its defaults are used.</source>
        <translation>设置 {0} 必须是一张表；已采用它的默认值。</translation>
    </message>
    <message>
        <source>The setting {0} must be a whole table of values.</source>
        <translation>设置 {0} 必须是完整的一组值。</translation>
    </message>
    <message>
        <source>The settings cannot be saved to {0}: {1}.</source>
        <translation>设置无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The settings could not be saved to {0}: {1}.</source>
        <translation>设置无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The settings file {0} is left as it is, because {1}. What this version knows of it is used; what you change holds until the program ends.</source>
        <translation>设置文件 {0} 保持原样，因为{1}。其中这个版本认识的内容会被采用；你的更改只在程序退出前有效。</translation>
    </message>
    <message>
        <source>The settings file {0} is not valid TOML. {1}, and {2}.</source>
        <translation>设置文件 {0} 不是有效的 TOML。{1}，{2}。</translation>
    </message>
    <message>
        <source>The settings forbid the network.</source>
        <translation>设置禁止联网。</translation>
    </message>
    <message>
        <source>The settings forbid the network. Allow it in the settings.</source>
        <translation>设置禁止使用网络。请在设置中允许。</translation>
    </message>
    <message>
        <source>The settings in {0} cannot be read: {1}.</source>
        <translation>无法读取 {0} 中的设置：{1}。</translation>
    </message>
    <message>
        <source>The settings name {0}, which this version does not know; it is left in the file.</source>
        <translation>设置中有这个版本不认识的 {0}；它会保留在文件中。</translation>
    </message>
    <message>
        <source>The starter model</source>
        <translation>入门模型</translation>
    </message>
    <message>
        <source>The starter model is fetched with pip, which this Python does not have.</source>
        <translation>获取入门模型需要 pip，而这个 Python 没有。</translation>
    </message>
    <message>
        <source>The starter model is not on this machine.</source>
        <translation>本机没有入门模型。</translation>
    </message>
    <message>
        <source>The store can be written again; nothing since then is missing.</source>
        <translation>资料库又可以写入了；其间的内容没有丢失。</translation>
    </message>
    <message>
        <source>The store cannot be opened: {0}.</source>
        <translation>无法打开存储：{0}。</translation>
    </message>
    <message>
        <source>The store could not be backed up to {0}: {1}.</source>
        <translation>无法把存储备份到 {0}：{1}。</translation>
    </message>
    <message>
        <source>The store could not be backed up: it is damaged ({0}).</source>
        <translation>无法备份存储：它已损坏（{0}）。</translation>
    </message>
    <message>
        <source>The store could not be decrypted: {0}.</source>
        <translation>无法解密存储：{0}。</translation>
    </message>
    <message>
        <source>The store could not be encrypted: {0}.</source>
        <translation>无法加密存储：{0}。</translation>
    </message>
    <message>
        <source>The store could not be restored: {0}.</source>
        <translation>无法恢复存储：{0}。</translation>
    </message>
    <message>
        <source>The store is damaged ({0}).</source>
        <translation>存储已损坏（{0}）。</translation>
    </message>
    <message>
        <source>The store is locked with a passphrase.</source>
        <translation>存储已用口令锁定。</translation>
    </message>
    <message>
        <source>The store of takes and recoveries was damaged ({0}). It was kept as {1}, and a new one was begun. Unsaved texts were taken out of it where they could be read. See whether the documents that must stay on this machine are still marked.</source>
        <translation>候选稿和恢复数据的存储已损坏（{0}）。它已保留为 {1}，并新建了一个。能读出的未保存文本已从中取出。请查看必须留在本机的文档是否仍有标记。</translation>
    </message>
    <message>
        <source>The store was written by a newer version of Lampblack.</source>
        <translation>存储是由更新版本的 Lampblack 写的。</translation>
    </message>
    <message>
        <source>The stream ended within a message&apos;s length.</source>
        <translation>数据流在消息长度处中断。</translation>
    </message>
    <message>
        <source>The stream ended within a message.</source>
        <translation>数据流在消息中途中断。</translation>
    </message>
    <message>
        <source>The stream holds something that is not a message (it begins with {0}).</source>
        <translation>数据流中有不是消息的内容（以 {0} 开头）。</translation>
    </message>
    <message>
        <source>The strength of an adapter lies between {0} and {1}, not {2}.</source>
        <translation>适配器强度应在 {0} 到 {1} 之间，而不是 {2}。</translation>
    </message>
    <message>
        <source>The system knows no home folder of this user.</source>
        <translation>系统不知道这个用户的主文件夹。</translation>
    </message>
    <message>
        <source>The text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>The text could not be split into tokens.</source>
        <translation>文字无法切分成词元。</translation>
    </message>
    <message>
        <source>The text holds half of a character, which is not valid Unicode.</source>
        <translation>文字中有半个字符，不是有效的 Unicode。</translation>
    </message>
    <message>
        <source>The text is kept.</source>
        <translation>文字已保留。</translation>
    </message>
    <message>
        <source>The text is sent to the server {0}, which runs on this machine.</source>
        <translation>文字会发给本机上运行的服务器 {0}。</translation>
    </message>
    <message>
        <source>The text leaves this machine: it is sent to the server {0} (at {1}).</source>
        <translation>文字会离开本机：发给服务器 {0}（位于 {1}）。</translation>
    </message>
    <message>
        <source>The text of this licence cannot be read: {0}. {1}</source>
        <translation>无法读取这份许可证：{0}。{1}</translation>
    </message>
    <message>
        <source>The text on the page has changed meanwhile: it was left as it is.</source>
        <translation>页面上的文本在此期间已更改：保持原样。</translation>
    </message>
    <message>
        <source>The text on the page was not changed: no version of it as it is now could be kept.</source>
        <translation>页面上的文本没有更改：无法保存它现在的版本。</translation>
    </message>
    <message>
        <source>The text so far is kept; try again, or check that the address is a model server&apos;s.</source>
        <translation>已写的文字保留；请重试，或确认地址是模型服务器的。</translation>
    </message>
    <message>
        <source>The text so far is kept; try again.</source>
        <translation>已写的文字保留；请重试。</translation>
    </message>
    <message>
        <source>The text so far is kept; write again, and it is started again.</source>
        <translation>已写的文字保留；再写一次，它就会重新启动。</translation>
    </message>
    <message>
        <source>The text would go elsewhere now: {0} has changed.</source>
        <translation>文字将会发往别处：{0} 已更改。</translation>
    </message>
    <message>
        <source>The texts in {0} could not be loaded: {1} is damaged.</source>
        <translation>无法载入{0}文本：{1} 已损坏。</translation>
    </message>
    <message>
        <source>The texts in {0} could not be loaded: {1}.</source>
        <translation>无法载入{0}文本：{1}。</translation>
    </message>
    <message>
        <source>The title of a model must be one line of printable characters.</source>
        <translation>模型名称必须是一行可显示的字符。</translation>
    </message>
    <message>
        <source>The training broke off without a word.</source>
        <translation>训练中断了，没有任何说明。</translation>
    </message>
    <message>
        <source>The training broke off: {0}.</source>
        <translation>训练中断了：{0}。</translation>
    </message>
    <message>
        <source>The training could not be started: {0}.</source>
        <translation>无法开始训练：{0}。</translation>
    </message>
    <message>
        <source>The training was stopped; it can be resumed.</source>
        <translation>训练已停止，可以继续。</translation>
    </message>
    <message>
        <source>The usual bargain: under a third of F16, the loss is noticeable on small models.</source>
        <translation>常用的折中：不到 F16 的三分之一，小模型上能感到损失。</translation>
    </message>
    <message>
        <source>The weights are read out of the file as they are needed; they count in full, because a model whose weights do not stay in memory writes very slowly.</source>
        <translation>权重在需要时才从文件读取；但要全部计入，因为权重不能留在内存中的模型写得非常慢。</translation>
    </message>
    <message>
        <source>The weights take {0}, and {1} of memory are free: what does not stay there is read from the disk again and again, which is slow.</source>
        <translation>权重占用 {0}，内存空闲 {1}：放不下的部分会反复从磁盘读取，因此很慢。</translation>
    </message>
    <message>
        <source>The weights were rounded to {0} already; rounding them to {1} again would lose far more than the size says.</source>
        <translation>权重已经舍入为 {0}；再舍入为 {1} 的损失会远大于大小所示。</translation>
    </message>
    <message>
        <source>The whole</source>
        <translation>全文</translation>
    </message>
    <message>
        <source>The window cannot use a server on Windows yet.</source>
        <translation>Windows 上的窗口还不能使用服务器。</translation>
    </message>
    <message>
        <source>The work was stopped.</source>
        <translation>工作已停止。</translation>
    </message>
    <message>
        <source>The {0} of a model must be valid text of at most {1} characters.</source>
        <translation>模型的 {0} 必须是不超过 {1} 个字符的有效文字。</translation>
    </message>
    <message>
        <source>The {0} of a training lies between {1} and {2}, not {3}.</source>
        <translation>训练的 {0} 应在 {1} 与 {2} 之间，而不是 {3}。</translation>
    </message>
    <message>
        <source>There are more than {0} files in {1}.</source>
        <translation>{1} 中有超过 {0} 个文件。</translation>
    </message>
    <message>
        <source>There are no models yet; get one with: lampblack models get starter</source>
        <translation>还没有模型；可以这样获取：lampblack models get starter</translation>
    </message>
    <message>
        <source>There are no pages in {0}.</source>
        <translation>{0} 中没有文稿。</translation>
    </message>
    <message>
        <source>There are too many runs in {0}.</source>
        <translation>{0} 中的训练记录太多。</translation>
    </message>
    <message>
        <source>There are {0} labels, more than {1}.</source>
        <translation>有 {0} 个标签，超过了 {1} 个。</translation>
    </message>
    <message>
        <source>There are {0} models to choose from.</source>
        <translation>有 {0} 个模型可选。</translation>
    </message>
    <message>
        <source>There are: {0}.</source>
        <translation>现有：{0}。</translation>
    </message>
    <message>
        <source>There before</source>
        <translation>原有</translation>
    </message>
    <message>
        <source>There can be 1 to {0} choices, none of them empty.</source>
        <translation>可以有 1 到 {0} 个选项，且都不能为空。</translation>
    </message>
    <message>
        <source>There can be 1 to {0} prompts, and a text that is not empty.</source>
        <translation>可以有 1 到 {0} 个提示词，且文本不能为空。</translation>
    </message>
    <message>
        <source>There can be 1 to {0} takes, not {1}.</source>
        <translation>可以有 1 到 {0} 份候选稿，而不是 {1} 份。</translation>
    </message>
    <message>
        <source>There can be no folder {0}: {1}.</source>
        <translation>无法建立文件夹 {0}：{1}。</translation>
    </message>
    <message>
        <source>There can be {0} actions of your own at most.</source>
        <translation>自己的操作最多可以有 {0} 个。</translation>
    </message>
    <message>
        <source>There can be {0} entries of lore at most.</source>
        <translation>设定条目最多 {0} 条。</translation>
    </message>
    <message>
        <source>There is a passphrase already.</source>
        <translation>已经有口令了。</translation>
    </message>
    <message>
        <source>There is a server named {0} already.</source>
        <translation>已有名为 {0} 的服务器。</translation>
    </message>
    <message>
        <source>There is already a file {0}.</source>
        <translation>已有文件 {0}。</translation>
    </message>
    <message>
        <source>There is already a model {0}.</source>
        <translation>已经有一个名为 {0} 的模型。</translation>
    </message>
    <message>
        <source>There is already a preset named {0}.</source>
        <translation>已有名为 {0} 的预设。</translation>
    </message>
    <message>
        <source>There is already an action named {0}.</source>
        <translation>已有名为 {0} 的操作。</translation>
    </message>
    <message>
        <source>There is already an adapter {0}.</source>
        <translation>已有名为 {0} 的适配器。</translation>
    </message>
    <message>
        <source>There is already an unfinished file {0}.</source>
        <translation>已有未完成的文件 {0}。</translation>
    </message>
    <message>
        <source>There is already something named {0} in {1}.</source>
        <translation>{1} 中已有名为 {0} 的内容。</translation>
    </message>
    <message>
        <source>There is no adapter for this engine.</source>
        <translation>没有用于这个引擎的适配器。</translation>
    </message>
    <message>
        <source>There is no adapter {0}.</source>
        <translation>没有适配器 {0}。</translation>
    </message>
    <message>
        <source>There is no book in {0}: it has no {1}.</source>
        <translation>{0} 中没有书：没有 {1}。</translation>
    </message>
    <message>
        <source>There is no certificate in {0}.</source>
        <translation>{0} 中没有证书。</translation>
    </message>
    <message>
        <source>There is no export profile {0}.</source>
        <translation>没有名为 {0} 的导出方案。</translation>
    </message>
    <message>
        <source>There is no file or folder {0}.</source>
        <translation>没有文件或文件夹 {0}。</translation>
    </message>
    <message>
        <source>There is no file {0}.</source>
        <translation>没有文件 {0}。</translation>
    </message>
    <message>
        <source>There is no folder {0}.</source>
        <translation>没有文件夹 {0}。</translation>
    </message>
    <message>
        <source>There is no model in {0}.</source>
        <translation>{0} 中没有模型。</translation>
    </message>
    <message>
        <source>There is no model named {0}.</source>
        <translation>没有名为 {0} 的模型。</translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation>还没有模型。</translation>
    </message>
    <message>
        <source>There is no parameter named {0}.</source>
        <translation>没有名为 {0} 的参数。</translation>
    </message>
    <message>
        <source>There is no preset named {0}.</source>
        <translation>没有名为 {0} 的预设。</translation>
    </message>
    <message>
        <source>There is no room for {0}: a copy needs {1} with a reserve, and {2} are free.</source>
        <translation>放不下 {0}：副本连同余量需要 {1}，空闲 {2}。</translation>
    </message>
    <message>
        <source>There is no room in the model&apos;s context for the prompt&apos;s {0} tokens.</source>
        <translation>模型的上下文容不下提示词的 {0} 个词元。</translation>
    </message>
    <message>
        <source>There is no run {0}.</source>
        <translation>没有训练 {0}。</translation>
    </message>
    <message>
        <source>There is no server named {0}.</source>
        <translation>没有名为 {0} 的服务器。</translation>
    </message>
    <message>
        <source>There is no setting named {0}.</source>
        <translation>没有名为 {0} 的设置。</translation>
    </message>
    <message>
        <source>There is no such file: its name holds a NUL byte.</source>
        <translation>没有这样的文件：名称中有 NUL 字节。</translation>
    </message>
    <message>
        <source>There is no text in {0}.</source>
        <translation>{0} 中没有文字。</translation>
    </message>
    <message>
        <source>There is no text to score.</source>
        <translation>没有可评分的文字。</translation>
    </message>
    <message>
        <source>There is no text with the label {0}.{1}</source>
        <translation>没有标签为 {0} 的文本。{1}</translation>
    </message>
    <message>
        <source>There is no token {0}: they go from 0 to {1}.</source>
        <translation>没有词元 {0}：编号为 0 到 {1}。</translation>
    </message>
    <message>
        <source>There is no type {0} for a copy.</source>
        <translation>副本没有 {0} 这种类型。</translation>
    </message>
    <message>
        <source>There is not enough memory for a context of {0} tokens.</source>
        <translation>内存不足以容纳 {0} 个词元的上下文。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>There is not enough memory to load {0}.</source>
        <translation>内存不足以载入 {0}。</translation>
    </message>
    <message>
        <source>There is not enough memory to load {file}.</source>
        <translation>内存不足以载入 {file}。</translation>
    </message>
    <message>
        <source>There is nothing after this that it could be merged with.</source>
        <translation>其后没有可以合并的内容。</translation>
    </message>
    <message>
        <source>There is only one text with the label {0}; it takes one to learn from and one to test with.</source>
        <translation>标签 {0} 只有一条文本；需要一条用来学习，一条用来测试。</translation>
    </message>
    <message>
        <source>These are more than {0} MB or {1} texts.</source>
        <translation>这些文本超过了 {0} MB 或 {1} 条。</translation>
    </message>
    <message>
        <source>They hold until the program ends; check the folder&apos;s permissions and space.</source>
        <translation>它们在程序退出前有效；请检查文件夹的权限和空间。</translation>
    </message>
    <message>
        <source>They hold until the program ends; use that version to change them for good.</source>
        <translation>它们在程序退出前有效；要永久更改，请使用那个版本。</translation>
    </message>
    <message>
        <source>This bundle carries no pip to fetch the starter model with.</source>
        <translation>这个安装包没有 pip，无法获取入门模型。</translation>
    </message>
    <message>
        <source>This cannot be taken back any more: a text or the list was changed since.</source>
        <translation>已无法撤销：此后有文本或列表发生了更改。</translation>
    </message>
    <message>
        <source>This is no archive of a pack.</source>
        <translation>这不是引擎包的归档文件。</translation>
    </message>
    <message>
        <source>This is no memory that Lampblack exported: {0}.</source>
        <translation>这不是 Lampblack 导出的记忆：{0}。</translation>
    </message>
    <message>
        <source>This is no pack of Lampblack: {0}.</source>
        <translation>这不是 Lampblack 的引擎包：{0}。</translation>
    </message>
    <message>
        <source>This is no regular expression, from character {0} on: {1}.</source>
        <translation>从第 {0} 个字符起，这不是正确的正则表达式：{1}。</translation>
    </message>
    <message>
        <source>This is no regular expression: {0}.</source>
        <translation>这不是正确的正则表达式：{0}。</translation>
    </message>
    <message>
        <source>This memory was written by a newer version of Lampblack.</source>
        <translation>这份记忆是较新版本的 Lampblack 写的。</translation>
    </message>
    <message>
        <source>This model has no chat template, so it cannot answer messages.</source>
        <translation>这个模型没有对话模板，因此不能回答消息。</translation>
    </message>
    <message>
        <source>This model has no fill-in-the-middle tokens, so it cannot write before a suffix.</source>
        <translation>这个模型没有中间填充词元，因此不能在后文之前写作。</translation>
    </message>
    <message>
        <source>This model needs the PyTorch engine, which is not installed.</source>
        <translation>此模型需要 PyTorch 引擎，而它尚未安装。</translation>
    </message>
    <message>
        <source>This model&apos;s tokens cannot be laid over the text that they are made of.</source>
        <translation>此模型的词元无法对应到它们所出自的文字。</translation>
    </message>
    <message>
        <source>This package has brought no text of its licence along.</source>
        <translation>这个软件包没有附带许可证全文。</translation>
    </message>
    <message>
        <source>This process may not use the network.</source>
        <translation>这个进程不可使用网络。</translation>
    </message>
    <message>
        <source>This regular expression is too long or too deep.</source>
        <translation>这个正则表达式太长或嵌套太深。</translation>
    </message>
    <message>
        <source>This regular expression takes too long on this text.</source>
        <translation>这个正则表达式在这段文字上耗时太久。</translation>
    </message>
    <message>
        <source>To learn a style takes {0} words; the pages have {1}, without the {2} that a model wrote.</source>
        <translation>学习文风需要 {0} 个词；除去模型写的 {2} 个，文稿只有 {1} 个。</translation>
    </message>
    <message>
        <source>To learn a style takes {0} words; the pages have {1}.</source>
        <translation>学习文风需要 {0} 个词；文稿只有 {1} 个。</translation>
    </message>
    <message>
        <source>To make a model smaller takes {0} words; the pages have {1}.</source>
        <translation>缩小模型需要 {0} 个词；这些页面有 {1} 个。</translation>
    </message>
    <message>
        <source>To train {0} takes about {1} of memory, and this machine has {2}.</source>
        <translation>训练 {0} 约需 {1} 内存，而这台机器有 {2}。</translation>
    </message>
    <message>
        <source>Try again in a minute, or end it there.</source>
        <translation>请一分钟后再试，或在那里结束它。</translation>
    </message>
    <message>
        <source>Try again in a while.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>请晚些时候重试。</translation>
    </message>
    <message>
        <source>Try again, or ask who runs it.</source>
        <translation>请重试，或询问它的管理者。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>Try again; what was fetched so far is kept.</source>
        <translation>请重试；已获取的部分保留。</translation>
    </message>
    <message>
        <source>Try another folder.</source>
        <translation>请换一个文件夹。</translation>
    </message>
    <message>
        <source>Try later.</source>
        <translation>请晚些再试。</translation>
    </message>
    <message>
        <source>Try once more.</source>
        <translation>请再试一次。</translation>
    </message>
    <message>
        <source>Trying {0}</source>
        <translation>正在试 {0}</translation>
    </message>
    <message>
        <source>Undo takes back what was changed there.</source>
        <translation>可用“撤销”收回那里的更改。</translation>
    </message>
    <message>
        <source>Unload it first.</source>
        <translation>请先卸载它。</translation>
    </message>
    <message>
        <source>Unload its model, also in other windows, and try again.</source>
        <translation>请卸载使用它的模型（包括其他窗口中的），然后重试。</translation>
    </message>
    <message>
        <source>Unlock it first.</source>
        <translation>请先解锁。</translation>
    </message>
    <message>
        <source>Use a GGUF file of the same model with the llama.cpp engine.</source>
        <translation>请用 llama.cpp 引擎和同一模型的 GGUF 文件。</translation>
    </message>
    <message>
        <source>Use a classifier that was trained for one label.</source>
        <translation>请使用为单个标签训练的分类模型。</translation>
    </message>
    <message>
        <source>Use a classifier with two labels or more.</source>
        <translation>请使用有两个以上标签的分类模型。</translation>
    </message>
    <message>
        <source>Use a key without one, in a file of yours alone.</source>
        <translation>请使用没有密码的密钥，放在只属于你的文件中。</translation>
    </message>
    <message>
        <source>Use a model on this machine for it.</source>
        <translation>请用本机上的模型来做。</translation>
    </message>
    <message>
        <source>Use a model on this machine.</source>
        <translation>请使用本机上的模型。</translation>
    </message>
    <message>
        <source>Use a newer system, or GGUF models, which do not need the pack.</source>
        <translation>请使用更新的系统，或使用不需要引擎包的 GGUF 模型。</translation>
    </message>
    <message>
        <source>Use a newer version of the program, or get the file again.</source>
        <translation>请使用更新版本的程序，或重新取得文件。</translation>
    </message>
    <message>
        <source>Use another model, or a newer version of the program.</source>
        <translation>请换其他模型，或使用更新版本的程序。</translation>
    </message>
    <message>
        <source>Use it with the tasks classify and sentiment.</source>
        <translation>请用于 classify 和 sentiment 任务。</translation>
    </message>
    <message>
        <source>Use that version; nothing was changed.</source>
        <translation>请使用那个版本；什么都没有改动。</translation>
    </message>
    <message>
        <source>Use the name or address that stands in the certificate.</source>
        <translation>请使用证书中的名称或地址。</translation>
    </message>
    <message>
        <source>Use the name that stands in the certificate.</source>
        <translation>请使用证书中的名称。</translation>
    </message>
    <message>
        <source>Use up to 60 letters, digits, spaces, dots and dashes, a letter or digit first.</source>
        <translation>请用至多 60 个字母、数字、空格、点和短横，以字母或数字开头。</translation>
    </message>
    <message>
        <source>Version {0} cannot be read: it is not in the store, or damaged.</source>
        <translation>无法读取版本 {0}：它不在存储中，或已损坏。</translation>
    </message>
    <message>
        <source>Versions of documents are kept again.</source>
        <translation>文档的版本又能保留了。</translation>
    </message>
    <message>
        <source>Versions of documents cannot be kept in {0}: {1}. Lampblack goes on trying.</source>
        <translation>无法在 {0} 中保留文档的版本：{1}。Lampblack 会继续尝试。</translation>
    </message>
    <message>
        <source>Wait for it.</source>
        <translation>请等待其完成。</translation>
    </message>
    <message>
        <source>Wait until it is done, or pause it there.</source>
        <translation>请等它完成，或在那里暂停。</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>请等它完成。</translation>
    </message>
    <message>
        <source>What came of the blind test could not be written: {0}.</source>
        <translation>无法写入盲测的结果：{0}。</translation>
    </message>
    <message>
        <source>What is remembered of your models in {0} cannot be read: {1}.</source>
        <translation>无法读取 {0} 中关于模型的记录：{1}。</translation>
    </message>
    <message>
        <source>What is to be put in is too long.</source>
        <translation>要填入的内容太长。</translation>
    </message>
    <message>
        <source>What was done of it is taken back when the book is opened again.</source>
        <translation>已完成的部分将在再次打开书时撤回。</translation>
    </message>
    <message>
        <source>What was fetched is kept; go on with the download then.</source>
        <translation>已获取的部分保留；之后请继续下载。</translation>
    </message>
    <message>
        <source>What was fetched is kept; go on with the download when the network is better.</source>
        <translation>已获取的部分保留；网络好转后请继续下载。</translation>
    </message>
    <message>
        <source>What was fetched is kept; make room and go on with the download.</source>
        <translation>已获取的部分保留；请腾出空间后继续下载。</translation>
    </message>
    <message>
        <source>What was measured of this model is left as it is, because {0}; it is measured again each time.</source>
        <translation>这个模型的测试结果保持原样，因为{0}；每次都会重新测试。</translation>
    </message>
    <message>
        <source>What was ordered in {0} cannot be read any more.</source>
        <translation>{0} 的训练内容已无法读取。</translation>
    </message>
    <message>
        <source>What you noted of the model could not be saved to {0}: {1}.</source>
        <translation>你对模型的备注无法保存到 {0}：{1}。</translation>
    </message>
    <message>
        <source>Where the Text Comes From: {0}</source>
        <translation>文字来源：{0}</translation>
    </message>
    <message>
        <source>While names and numbers are masked, a server is only given tokens that it gave.</source>
        <translation>隐去名称和数字时，只会把服务器自己给出的词元发给它。</translation>
    </message>
    <message>
        <source>With a context of {0} tokens {1} needs {2} of memory, but only {3} are free.</source>
        <translation>上下文为 {0} 个词元时，{1} 需要 {2} 内存，但只有 {3} 空闲。</translation>
    </message>
    <message>
        <source>With {0} it fits: it needs {1}.</source>
        <translation>采用{0}就放得下：需要 {1}。</translation>
    </message>
    <message>
        <source>With {0} it needs {1}.</source>
        <translation>采用{0}，需要 {1}。</translation>
    </message>
    <message>
        <source>Without that part nothing is left before the sentence, and this model has no token to begin with.</source>
        <translation>没有该部分，句子之前就什么都不剩了，而此模型没有可用来开头的词元。</translation>
    </message>
    <message>
        <source>Word bias (logit_bias) bans every token of the model.</source>
        <translation>词语偏置 (logit_bias) 禁用了模型的所有词元。</translation>
    </message>
    <message>
        <source>Word bias (logit_bias) names {0}, which is not a token of this model.</source>
        <translation>词语偏置 (logit_bias) 中的 {0} 不是这个模型的词元。</translation>
    </message>
    <message>
        <source>Write a few words first.</source>
        <translation>请先写几个字。</translation>
    </message>
    <message>
        <source>Write a few words for it to go on from.</source>
        <translation>请先写几个字，让它接着写。</translation>
    </message>
    <message>
        <source>Write more of the name, or the path.</source>
        <translation>请多写一些名称，或写出路径。</translation>
    </message>
    <message>
        <source>Write something first, or include what is left out.</source>
        <translation>请先写些内容，或把排除的部分包括进来。</translation>
    </message>
    <message>
        <source>Your folders hold {0} models, of which {1} are listed, some of every folder. The others can be loaded by their name or path; to see them, watch fewer or smaller folders.</source>
        <translation>你的文件夹中有 {0} 个模型，列出了其中 {1} 个，每个文件夹都有一些。其余的可按名称或路径载入；要看到它们，请监视更少或更小的文件夹。</translation>
    </message>
    <message>
        <source>Your text is safe; try again.</source>
        <translation>你的文字是安全的；请重试。</translation>
    </message>
    <message>
        <source>Your text is safe; write again{0}.</source>
        <translation>你的文字是安全的；请再写一次{0}。</translation>
    </message>
    <message>
        <source>a KV cache of type q8_0</source>
        <translation>q8_0 类型的 KV 缓存</translation>
    </message>
    <message>
        <source>a comfortable page for friends and first readers</source>
        <translation>给朋友和首批读者看的舒适版面</translation>
    </message>
    <message>
        <source>a context of {0} tokens</source>
        <translation>{0} 个词元的上下文</translation>
    </message>
    <message>
        <source>a control vector, which is loaded on top of a model</source>
        <translation>控制向量，要加在模型之上使用</translation>
    </message>
    <message>
        <source>a header in it is far too long</source>
        <translation>其中的文件头过长</translation>
    </message>
    <message>
        <source>a helper that guesses ahead for another model</source>
        <translation>为别的模型提前猜测的辅助模型</translation>
    </message>
    <message>
        <source>a key has {0} bytes</source>
        <translation>密钥有 {0} 个字节</translation>
    </message>
    <message>
        <source>a load on the processor brings an engine or raises</source>
        <translation>a load on the processor brings an engine or raises</translation>
    </message>
    <message>
        <source>a load that does not fail brings an engine</source>
        <translation>a load that does not fail brings an engine</translation>
    </message>
    <message>
        <source>a model for images</source>
        <translation>图像模型</translation>
    </message>
    <message>
        <source>a model for images or sound with text, which the Torch engine cannot run</source>
        <translation>图像或声音加文字的模型，Torch 引擎无法运行</translation>
    </message>
    <message>
        <source>a model for search, which turns a text into numbers</source>
        <translation>把文字变成数字、用于搜索的模型</translation>
    </message>
    <message>
        <source>a model for sound</source>
        <translation>声音模型</translation>
    </message>
    <message>
        <source>a model that fills a whole text in at once (diffusion) and cannot continue one</source>
        <translation>一次填写整段文字（扩散）、不能续写的模型</translation>
    </message>
    <message>
        <source>a model that fills gaps in a text and cannot continue one</source>
        <translation>填补文字空缺、不能续写的模型</translation>
    </message>
    <message>
        <source>a model that finds answers in a text</source>
        <translation>在文字中寻找答案的模型</translation>
    </message>
    <message>
        <source>a model that makes images</source>
        <translation>生成图像的模型</translation>
    </message>
    <message>
        <source>a model that ranks texts for search</source>
        <translation>为搜索给文字排序的模型</translation>
    </message>
    <message>
        <source>a model that reads a text in both directions, for search or sorting</source>
        <translation>双向阅读文字、用于搜索或分类的模型</translation>
    </message>
    <message>
        <source>a model that sorts what it is shown</source>
        <translation>给输入内容分类的模型</translation>
    </message>
    <message>
        <source>a model that turns one whole text into another and cannot continue one</source>
        <translation>把整段文字变成另一段、不能续写的模型</translation>
    </message>
    <message>
        <source>a newer</source>
        <translation>较新的</translation>
    </message>
    <message>
        <source>a newer version of Lampblack wrote it</source>
        <translation>它由更新版本的 Lampblack 写成</translation>
    </message>
    <message>
        <source>a number of that length</source>
        <translation>那样长度的数字</translation>
    </message>
    <message>
        <source>a page that there is not</source>
        <translation>不存在的页面</translation>
    </message>
    <message>
        <source>a switch that some words turn on</source>
        <translation>由某些词打开的开关</translation>
    </message>
    <message>
        <source>a tensor has {0} dimensions</source>
        <translation>有张量有 {0} 个维度</translation>
    </message>
    <message>
        <source>a tensor is not aligned</source>
        <translation>有张量没有对齐</translation>
    </message>
    <message>
        <source>a tensor&apos;s rows are not whole blocks</source>
        <translation>有张量的行不是完整的块</translation>
    </message>
    <message>
        <source>a tensor&apos;s shape cannot be true</source>
        <translation>有张量的形状不可能正确</translation>
    </message>
    <message>
        <source>about {0} words</source>
        <translation>约 {0} 词</translation>
    </message>
    <message>
        <source>all settings are back at their defaults</source>
        <translation>所有设置都恢复为默认值</translation>
    </message>
    <message>
        <source>an OpenAI-compatible server</source>
        <translation>兼容 OpenAI 的服务器</translation>
    </message>
    <message>
        <source>an adapter (LoRA), which is loaded on top of a model</source>
        <translation>适配器（LoRA），要加在模型之上使用</translation>
    </message>
    <message>
        <source>an example needs a text and its answer</source>
        <translation>每个示例都要有文字和对应的答案</translation>
    </message>
    <message>
        <source>an old</source>
        <translation>较旧的</translation>
    </message>
    <message>
        <source>and the model is loaded again</source>
        <translation>，模型会重新载入</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>以及另外 {0} 个</translation>
    </message>
    <message>
        <source>another arrangement of the layers</source>
        <translation>另一种层的排列</translation>
    </message>
    <message>
        <source>answer a chat</source>
        <translation>回答对话</translation>
    </message>
    <message>
        <source>answers planned</source>
        <translation>已计划的回答</translation>
    </message>
    <message>
        <source>asked for 2, it gave {0}</source>
        <translation>要求 2 个，却给了 {0} 个</translation>
    </message>
    <message>
        <source>asked for them, it gave none</source>
        <translation>请求时没有给出</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>belongs to another address</source>
        <translation>属于另一个地址</translation>
    </message>
    <message>
        <source>belongs to another name</source>
        <translation>属于另一个名称</translation>
    </message>
    <message>
        <source>between 1.5 and 2.8 times as fast, writes a little slower</source>
        <translation>的速度是现在的 1.5 到 2.8 倍，写得稍慢一些</translation>
    </message>
    <message>
        <source>between {0} and {1}</source>
        <translation>在 {0} 到 {1} 之间</translation>
    </message>
    <message>
        <source>biases of its own</source>
        <translation>自己的偏置</translation>
    </message>
    <message>
        <source>can stand only at the top</source>
        <translation>只能位于顶层</translation>
    </message>
    <message>
        <source>cannot be checked ({0})</source>
        <translation>无法检查（{0}）</translation>
    </message>
    <message>
        <source>cannot be held: a name could be written twice; list the names in required</source>
        <translation>无法保证：同一名称可能写两次；请把名称列入 required</translation>
    </message>
    <message>
        <source>cannot be held: {0}</source>
        <translation>无法遵守：{0}</translation>
    </message>
    <message>
        <source>cannot be reached by the machine in front of it</source>
        <translation>前端机器无法连通它</translation>
    </message>
    <message>
        <source>chat count</source>
        <translation>chat count</translation>
    </message>
    <message>
        <source>chat probabilities</source>
        <translation>chat probabilities</translation>
    </message>
    <message>
        <source>chat schema</source>
        <translation>chat schema</translation>
    </message>
    <message>
        <source>classifier trained</source>
        <translation>分类器已训练</translation>
    </message>
    <message>
        <source>comes from an authority that is not trusted</source>
        <translation>来自不受信任的证书机构</translation>
    </message>
    <message>
        <source>connection refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>connection reset by peer</source>
        <translation>连接被对方重置</translation>
    </message>
    <message>
        <source>count the tokens of a chat</source>
        <translation>统计对话的词元数</translation>
    </message>
    <message>
        <source>count the tokens of a text</source>
        <translation>统计文字的词元数</translation>
    </message>
    <message>
        <source>dist, xtc, mirostat</source>
        <translation>dist, xtc, mirostat</translation>
    </message>
    <message>
        <source>does not accept the key</source>
        <translation>不接受这个密钥</translation>
    </message>
    <message>
        <source>does not allow this with this key</source>
        <translation>不允许这个密钥做此事</translation>
    </message>
    <message>
        <source>does not know this request</source>
        <translation>不认识这个请求</translation>
    </message>
    <message>
        <source>download list</source>
        <translation>下载列表</translation>
    </message>
    <message>
        <source>draft model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>ended with code {0}</source>
        <translation>以代码 {0} 结束</translation>
    </message>
    <message>
        <source>engine host {0}</source>
        <translation>engine host {0}</translation>
    </message>
    <message>
        <source>engine worker</source>
        <translation>engine worker</translation>
    </message>
    <message>
        <source>failed to apply</source>
        <translation>无法应用</translation>
    </message>
    <message>
        <source>faster than now</source>
        <translation>比现在更快</translation>
    </message>
    <message>
        <source>file exists</source>
        <translation>文件已存在</translation>
    </message>
    <message>
        <source>file name too long</source>
        <translation>文件名太长</translation>
    </message>
    <message>
        <source>fill in the middle</source>
        <translation>中间填充</translation>
    </message>
    <message>
        <source>flash attention</source>
        <translation>flash attention</translation>
    </message>
    <message>
        <source>for reading programs, which choose typeface and page themselves</source>
        <translation>供阅读软件使用，由其自行决定字体和版面</translation>
    </message>
    <message>
        <source>free now</source>
        <translation>目前空闲</translation>
    </message>
    <message>
        <source>give the probabilities of what it answers in a chat</source>
        <translation>给出对话回答的概率</translation>
    </message>
    <message>
        <source>give the probabilities of what it writes</source>
        <translation>给出所写文字的概率</translation>
    </message>
    <message>
        <source>give the probabilities that sampling leaves</source>
        <translation>给出采样后剩下的概率</translation>
    </message>
    <message>
        <source>give the tokens of a text</source>
        <translation>给出文字的词元</translation>
    </message>
    <message>
        <source>go on from tokens by their numbers</source>
        <translation>从词元编号接着写</translation>
    </message>
    <message>
        <source>go on with a text</source>
        <translation>续写文字</translation>
    </message>
    <message>
        <source>go on with the last turn of a chat</source>
        <translation>接着对话的最后一轮写</translation>
    </message>
    <message>
        <source>has expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>has not answered for too long</source>
        <translation>太久没有应答</translation>
    </message>
    <message>
        <source>has too many requests</source>
        <translation>请求太多</translation>
    </message>
    <message>
        <source>has trouble of its own</source>
        <translation>自身出了问题</translation>
    </message>
    <message>
        <source>held-out scores</source>
        <translation>留出文本的成绩</translation>
    </message>
    <message>
        <source>hold a text to a JSON schema</source>
        <translation>让文字遵守 JSON 模式</translation>
    </message>
    <message>
        <source>hold its answer in a chat to a JSON schema</source>
        <translation>让对话回答遵守 JSON 模式</translation>
    </message>
    <message>
        <source>holds a character that is not valid Unicode</source>
        <translation>含有不是有效 Unicode 的字符</translation>
    </message>
    <message>
        <source>input/output error</source>
        <translation>读写出错</translation>
    </message>
    <message>
        <source>inputs in the weights&apos; type</source>
        <translation>按权重类型转换的输入</translation>
    </message>
    <message>
        <source>integrated GPU</source>
        <translation>集成显卡</translation>
    </message>
    <message>
        <source>is a directory</source>
        <translation>是文件夹</translation>
    </message>
    <message>
        <source>is a keyword that cannot be held while a text is written</source>
        <translation>这个关键字在写作过程中无法保证</translation>
    </message>
    <message>
        <source>is above the number of values</source>
        <translation>大于值的数量</translation>
    </message>
    <message>
        <source>is asked too often</source>
        <translation>请求过于频繁</translation>
    </message>
    <message>
        <source>is held only for at most {0} texts in the enum of items</source>
        <translation>的 items 中 enum 最多只能有 {0} 段文字</translation>
    </message>
    <message>
        <source>is not a keyword of JSON schemas that is known here</source>
        <translation>不是这里认识的 JSON schema 关键字</translation>
    </message>
    <message>
        <source>is not ready</source>
        <translation>尚未准备好</translation>
    </message>
    <message>
        <source>is not valid JSON: {0}</source>
        <translation>不是有效的 JSON：{0}</translation>
    </message>
    <message>
        <source>is not valid yet: its time begins later, or this machine&apos;s clock is wrong</source>
        <translation>尚未生效：它的起始时间在后，或本机的时钟不准</translation>
    </message>
    <message>
        <source>is signed by itself, and it is not among those that are trusted</source>
        <translation>是自签名的，而且不在受信任之列</translation>
    </message>
    <message>
        <source>it asks for an instruction, but its prompt has no place for one</source>
        <translation>它要求填写指示，但提示中没有放指示的位置</translation>
    </message>
    <message>
        <source>it cannot be read ({0})</source>
        <translation>无法读取（{0}）</translation>
    </message>
    <message>
        <source>it claims more bytes than any disk holds</source>
        <translation>声称的字节数超过任何磁盘的容量</translation>
    </message>
    <message>
        <source>it computes too large a number</source>
        <translation>计算的数字太大</translation>
    </message>
    <message>
        <source>it could not be renamed ({0})</source>
        <translation>无法重命名（{0}）</translation>
    </message>
    <message>
        <source>it counts {0} tokens in {1} letters</source>
        <translation>把 {1} 个字符算作 {0} 个词元</translation>
    </message>
    <message>
        <source>it declares entities, which no text needs</source>
        <translation>其中声明了实体，而文稿用不到</translation>
    </message>
    <message>
        <source>it does not begin with https:// or http:// and a name</source>
        <translation>不是以 https:// 或 http:// 加名称开头</translation>
    </message>
    <message>
        <source>it does not give the tokens of a text</source>
        <translation>不给出文字的词元</translation>
    </message>
    <message>
        <source>it does not tell what it is doing</source>
        <translation>不说明它在做什么</translation>
    </message>
    <message>
        <source>it ended</source>
        <translation>它已结束</translation>
    </message>
    <message>
        <source>it ended in the middle of an answer, or what came is no HTTP</source>
        <translation>它在回答中途结束，或发来的不是 HTTP</translation>
    </message>
    <message>
        <source>it gave no reason</source>
        <translation>没有给出原因</translation>
    </message>
    <message>
        <source>it gives no probabilities, by which that could be checked</source>
        <translation>不给出概率，因此无法检查</translation>
    </message>
    <message>
        <source>it has a part after ? or #</source>
        <translation>? 或 # 之后还有内容</translation>
    </message>
    <message>
        <source>it has an older form</source>
        <translation>它是较旧的格式</translation>
    </message>
    <message>
        <source>it has another form</source>
        <translation>它的格式不同</translation>
    </message>
    <message>
        <source>it has fields that no memory has</source>
        <translation>其中有记忆里不会有的字段</translation>
    </message>
    <message>
        <source>it has more than {0} elements</source>
        <translation>其中的元素超过 {0} 个</translation>
    </message>
    <message>
        <source>it has more than {0} parts</source>
        <translation>其中的部件超过 {0} 个</translation>
    </message>
    <message>
        <source>it has more than {0}, which no manuscript has</source>
        <translation>超过 {0}，没有哪份稿件会有这么多</translation>
    </message>
    <message>
        <source>it has more than {0}, which the trash does not take</source>
        <translation>它超过 {0}，回收站无法收下</translation>
    </message>
    <message>
        <source>it has no header</source>
        <translation>它没有文件头</translation>
    </message>
    <message>
        <source>it has no list of entries</source>
        <translation>没有条目列表</translation>
    </message>
    <message>
        <source>it has no part {0}</source>
        <translation>其中没有部件 {0}</translation>
    </message>
    <message>
        <source>it has no program</source>
        <translation>其中没有程序</translation>
    </message>
    <message>
        <source>it has no root rule</source>
        <translation>没有 root 规则</translation>
    </message>
    <message>
        <source>it has too many members</source>
        <translation>其中的文件过多</translation>
    </message>
    <message>
        <source>it holds NUL bytes</source>
        <translation>含有 NUL 字节</translation>
    </message>
    <message>
        <source>it holds NUL bytes, so it is not a text</source>
        <translation>含有 NUL 字节，因此不是文本</translation>
    </message>
    <message>
        <source>it holds a list of lists</source>
        <translation>含有列表的列表</translation>
    </message>
    <message>
        <source>it holds a name or password; keys are kept in the keyring</source>
        <translation>含有名称或密码；密钥应保存在密钥环中</translation>
    </message>
    <message>
        <source>it holds a name or text of impossible length</source>
        <translation>含有长度不可能的名称或文字</translation>
    </message>
    <message>
        <source>it holds a space or control character</source>
        <translation>含有空格或控制字符</translation>
    </message>
    <message>
        <source>it holds a value of the unknown kind {0}</source>
        <translation>含有未知类型 {0} 的值</translation>
    </message>
    <message>
        <source>it holds another memory</source>
        <translation>它的内存不同</translation>
    </message>
    <message>
        <source>it holds {0} texts in its lists</source>
        <translation>列表中有 {0} 段文字</translation>
    </message>
    <message>
        <source>it is UTF-8, but damaged in line {0}</source>
        <translation>是 UTF-8，但第 {0} 行损坏</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>是文件夹</translation>
    </message>
    <message>
        <source>it is another one now</source>
        <translation>现在是另一个文件</translation>
    </message>
    <message>
        <source>it is cut short</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>it is damaged, or not what its name says</source>
        <translation>文件已损坏，或与其扩展名不符</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>它是空的</translation>
    </message>
    <message>
        <source>it is empty now</source>
        <translation>现在为空</translation>
    </message>
    <message>
        <source>it is encrypted or packed in an unknown way</source>
        <translation>文件已加密，或使用了未知的压缩方式</translation>
    </message>
    <message>
        <source>it is far too long</source>
        <translation>太长了</translation>
    </message>
    <message>
        <source>it is in no encoding that fits all of it</source>
        <translation>没有编码能读出全部内容</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>它不存在</translation>
    </message>
    <message>
        <source>it is nested too deeply</source>
        <translation>嵌套太深</translation>
    </message>
    <message>
        <source>it is not a file of ours</source>
        <translation>不是我们的文件</translation>
    </message>
    <message>
        <source>it is not a file of {0}</source>
        <translation>不是 {0} 的文件</translation>
    </message>
    <message>
        <source>it is not a text</source>
        <translation>不是文本</translation>
    </message>
    <message>
        <source>it is not an ordinary file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>it is not the list of a book</source>
        <translation>不是书的列表</translation>
    </message>
    <message>
        <source>it is not there</source>
        <translation>它不存在</translation>
    </message>
    <message>
        <source>it is not valid JSON</source>
        <translation>不是有效的 JSON</translation>
    </message>
    <message>
        <source>it is that of another run</source>
        <translation>它属于另一次运行</translation>
    </message>
    <message>
        <source>it is too long</source>
        <translation>太长</translation>
    </message>
    <message>
        <source>it names a file as a folder</source>
        <translation>它把文件当作文件夹</translation>
    </message>
    <message>
        <source>it names a file that may not be written</source>
        <translation>它含有不允许写入的文件名</translation>
    </message>
    <message>
        <source>it names {0} twice</source>
        <translation>{0} 列了两次</translation>
    </message>
    <message>
        <source>it pads a text too far</source>
        <translation>把文字填充得过长</translation>
    </message>
    <message>
        <source>it repeats a text too often</source>
        <translation>重复文字的次数太多</translation>
    </message>
    <message>
        <source>it returned {0}</source>
        <translation>返回了 {0}</translation>
    </message>
    <message>
        <source>it said nothing</source>
        <translation>没有给出说明</translation>
    </message>
    <message>
        <source>it says it is {0}, but is damaged</source>
        <translation>自称是 {0}，但已损坏</translation>
    </message>
    <message>
        <source>it still writes {0} s after a request was left</source>
        <translation>请求离开后它还在写 {0} 秒</translation>
    </message>
    <message>
        <source>it unpacks to more than {0}, which no text does</source>
        <translation>解压后超过 {0}，没有文稿会这么大</translation>
    </message>
    <message>
        <source>it was kept as {0}</source>
        <translation>已保留为 {0}</translation>
    </message>
    <message>
        <source>it writes for others now, among whom that cannot be seen</source>
        <translation>它现在也在为别人写，无法从中看出</translation>
    </message>
    <message>
        <source>it writes too fast for that</source>
        <translation>写得太快，无法这样做</translation>
    </message>
    <message>
        <source>it wrote something else than what the schema allowed</source>
        <translation>写出了模式不允许的内容</translation>
    </message>
    <message>
        <source>its alignment is not a power of two</source>
        <translation>对齐值不是 2 的幂</translation>
    </message>
    <message>
        <source>its answer may grow by 0 to {0} times</source>
        <translation>答案的增长倍数须在 0 到 {0} 之间</translation>
    </message>
    <message>
        <source>its counts cannot be true</source>
        <translation>计数不可能正确</translation>
    </message>
    <message>
        <source>its elements lie more than {0} deep in each other</source>
        <translation>其元素嵌套超过 {0} 层</translation>
    </message>
    <message>
        <source>its field {0} is missing or of the wrong kind</source>
        <translation>字段 {0} 缺失或类型不对</translation>
    </message>
    <message>
        <source>its folder is not our own</source>
        <translation>它的文件夹不属于我们</translation>
    </message>
    <message>
        <source>its header is damaged</source>
        <translation>文件头已损坏</translation>
    </message>
    <message>
        <source>its header is none ({0})</source>
        <translation>没有文件头（{0}）</translation>
    </message>
    <message>
        <source>its header never ends</source>
        <translation>文件头没有结尾</translation>
    </message>
    <message>
        <source>its help must be one line of at most {0} characters</source>
        <translation>说明须为一行，不超过 {0} 个字符</translation>
    </message>
    <message>
        <source>its id stands there twice</source>
        <translation>编号出现了两次</translation>
    </message>
    <message>
        <source>its key must be one line of at most {0} characters</source>
        <translation>快捷键须为一行，不超过 {0} 个字符</translation>
    </message>
    <message>
        <source>its label has characters that cannot be shown</source>
        <translation>标签含有无法显示的字符</translation>
    </message>
    <message>
        <source>its label is empty</source>
        <translation>标签为空</translation>
    </message>
    <message>
        <source>its label is longer than {0} characters</source>
        <translation>标签超过 {0} 个字符</translation>
    </message>
    <message>
        <source>its label is not among those that were asked for</source>
        <translation>标签不在所要求的标签之中</translation>
    </message>
    <message>
        <source>its list cannot be read</source>
        <translation>无法读取其清单</translation>
    </message>
    <message>
        <source>its lists are torn</source>
        <translation>列表不完整</translation>
    </message>
    <message>
        <source>its name is not valid</source>
        <translation>它的名称无效</translation>
    </message>
    <message>
        <source>its parts must exclude each other by their types or by the const of a property</source>
        <translation>的各部分必须以类型或某个属性的 const 互相排斥</translation>
    </message>
    <message>
        <source>its probabilities of a given text are not those of its writing</source>
        <translation>对已有文字给出的概率与写作时的不同</translation>
    </message>
    <message>
        <source>its prompt has a place for an instruction, but it asks for none</source>
        <translation>提示中有放指示的位置，但它不要求填写指示</translation>
    </message>
    <message>
        <source>its prompt has no place for the selection, which the model has to see</source>
        <translation>提示中没有放所选文字的位置，而模型必须看到它</translation>
    </message>
    <message>
        <source>its prompt is empty</source>
        <translation>提示为空</translation>
    </message>
    <message>
        <source>its prompt must be text of at most {0} characters</source>
        <translation>提示须为不超过 {0} 个字符的文字</translation>
    </message>
    <message>
        <source>its question must be one line of at most {0} characters</source>
        <translation>问题须为一行，不超过 {0} 个字符</translation>
    </message>
    <message>
        <source>its sizes cannot be</source>
        <translation>大小不可能正确</translation>
    </message>
    <message>
        <source>its text is empty</source>
        <translation>文本为空</translation>
    </message>
    <message>
        <source>its text was there before</source>
        <translation>文本此前已出现过</translation>
    </message>
    <message>
        <source>its text was there before, with another label</source>
        <translation>文本此前已出现过，但标签不同</translation>
    </message>
    <message>
        <source>its tokens are not those of the text</source>
        <translation>词元与文字不符</translation>
    </message>
    <message>
        <source>joined memories</source>
        <translation>合并的内存</translation>
    </message>
    <message>
        <source>key, ?, start, stop, before, after, take</source>
        <translation>key, ?, start, stop, before, after, take</translation>
    </message>
    <message>
        <source>line {0}, column {1}</source>
        <translation>第 {0} 行第 {1} 列</translation>
    </message>
    <message>
        <source>llama-cpp-python {0} (llama.cpp {1})</source>
        <translation>llama-cpp-python {0}（llama.cpp {1}）</translation>
    </message>
    <message>
        <source>llama-cpp-python {0} {1}</source>
        <translation>llama-cpp-python {0} {1}</translation>
    </message>
    <message>
        <source>llama.cpp could not attach the adapters to {0}.</source>
        <translation>llama.cpp 无法把适配器挂到 {0}。</translation>
    </message>
    <message>
        <source>llama.cpp could not compute the next token: {0}.</source>
        <translation>llama.cpp 无法计算下一个词元：{0}。</translation>
    </message>
    <message>
        <source>llama.cpp could not load {0}: {1}.</source>
        <translation>llama.cpp 无法载入 {0}：{1}。</translation>
    </message>
    <message>
        <source>llama.cpp could not make the copy of {0}: {1}.</source>
        <translation>llama.cpp 无法制作 {0} 的副本：{1}。</translation>
    </message>
    <message>
        <source>llama.cpp could not set {0} up: {1}.</source>
        <translation>llama.cpp 无法设置 {0}：{1}。</translation>
    </message>
    <message>
        <source>llama.cpp gave no reason</source>
        <translation>llama.cpp 没有给出原因</translation>
    </message>
    <message>
        <source>logits of {0} tokens</source>
        <translation>{0} 个词元的 logits</translation>
    </message>
    <message>
        <source>may have at most {0} characters</source>
        <translation>最多 {0} 个字符</translation>
    </message>
    <message>
        <source>may hold at most {0} characters in all</source>
        <translation>总共最多 {0} 个字符</translation>
    </message>
    <message>
        <source>may hold at most {0} entries, not {1}</source>
        <translation>最多 {0} 项，而不是 {1} 项</translation>
    </message>
    <message>
        <source>may hold at most {0} texts, not {1}</source>
        <translation>最多 {0} 段文字，而不是 {1} 段</translation>
    </message>
    <message>
        <source>may hold only texts that are not empty, not {0}</source>
        <translation>只能包含非空的文字，而不是 {0}</translation>
    </message>
    <message>
        <source>may name each of its choices only once</source>
        <translation>每个选项只能列一次</translation>
    </message>
    <message>
        <source>may name only texts or token:NUMBER, not {0}</source>
        <translation>只能是文字或 token:编号，而不是 {0}</translation>
    </message>
    <message>
        <source>message {0} of {1}</source>
        <translation>第 {0} 条消息，共 {1} 条</translation>
    </message>
    <message>
        <source>model name</source>
        <translation>模型名称</translation>
    </message>
    <message>
        <source>most frequent label</source>
        <translation>最常见的标签</translation>
    </message>
    <message>
        <source>must be 0 or at least {0}, not {1}</source>
        <translation>必须为 0 或至少 {0}，而不是 {1}</translation>
    </message>
    <message>
        <source>must be a finite number, not {0}</source>
        <translation>必须是有限的数字，而不是 {0}</translation>
    </message>
    <message>
        <source>must be a list of names</source>
        <translation>必须是名称的列表</translation>
    </message>
    <message>
        <source>must be a list of schemas</source>
        <translation>必须是 schema 的列表</translation>
    </message>
    <message>
        <source>must be a list of texts, not {0}</source>
        <translation>必须是文字列表，而不是 {0}</translation>
    </message>
    <message>
        <source>must be a list of values</source>
        <translation>必须是值的列表</translation>
    </message>
    <message>
        <source>must be a number</source>
        <translation>必须是数字</translation>
    </message>
    <message>
        <source>must be a number, not {0}</source>
        <translation>必须是数字，而不是 {0}</translation>
    </message>
    <message>
        <source>must be a schema: an object, true or false</source>
        <translation>必须是 schema：对象、true 或 false</translation>
    </message>
    <message>
        <source>must be a text</source>
        <translation>必须是文本</translation>
    </message>
    <message>
        <source>must be a whole number</source>
        <translation>必须是整数</translation>
    </message>
    <message>
        <source>must be a whole number, not {0}</source>
        <translation>必须是整数，而不是 {0}</translation>
    </message>
    <message>
        <source>must be a {0}, not {1}</source>
        <translation>必须是{0}，而不是 {1}</translation>
    </message>
    <message>
        <source>must be above 0</source>
        <translation>必须大于 0</translation>
    </message>
    <message>
        <source>must be an object of schemas</source>
        <translation>必须是由 schema 组成的对象</translation>
    </message>
    <message>
        <source>must be at least 0.000000001</source>
        <translation>不得小于 0.000000001</translation>
    </message>
    <message>
        <source>must be on or off, not {0}</source>
        <translation>必须是 on 或 off，而不是 {0}</translation>
    </message>
    <message>
        <source>must be one of {0} to be held</source>
        <translation>必须是 {0} 之一才能遵守</translation>
    </message>
    <message>
        <source>must be one of {0}, not {1}</source>
        <translation>必须是 {0} 之一，而不是 {1}</translation>
    </message>
    <message>
        <source>must be one of {0}, or a list of them</source>
        <translation>必须是 {0} 之一，或它们的列表</translation>
    </message>
    <message>
        <source>must be text, not {0}</source>
        <translation>必须是文字，而不是 {0}</translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation>必须是 true 或 false</translation>
    </message>
    <message>
        <source>must be true or false, not {0}</source>
        <translation>必须是 true 或 false，而不是 {0}</translation>
    </message>
    <message>
        <source>must be {0}, not {1}</source>
        <translation>必须是{0}，而不是 {1}</translation>
    </message>
    <message>
        <source>must lie between -{0} and {1} to be held exactly</source>
        <translation>必须在 -{0} 到 {1} 之间才能精确遵守</translation>
    </message>
    <message>
        <source>must lie between 0 and {0}</source>
        <translation>必须在 0 到 {0} 之间</translation>
    </message>
    <message>
        <source>must lie {0}, not {1}</source>
        <translation>必须{0}，而不是 {1}</translation>
    </message>
    <message>
        <source>must map texts to numbers, not {0}</source>
        <translation>必须是文字到数字的对应，而不是 {0}</translation>
    </message>
    <message>
        <source>needs too many remainders, alone or with the other multipleOf</source>
        <translation>需要的余数太多，无论单独还是与另一个 multipleOf 一起</translation>
    </message>
    <message>
        <source>no model {0}</source>
        <translation>没有模型 {0}</translation>
    </message>
    <message>
        <source>no names are listed</source>
        <translation>没有列出名称</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>没有说明原因</translation>
    </message>
    <message>
        <source>no space left on device</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>no such file or directory</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>not a directory</source>
        <translation>不是文件夹</translation>
    </message>
    <message>
        <source>not an ordinary file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>未试</translation>
    </message>
    <message>
        <source>number {0}</source>
        <translation>第 {0} 项</translation>
    </message>
    <message>
        <source>operation not permitted</source>
        <translation>不允许此操作</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>own generator</source>
        <translation>own generator</translation>
    </message>
    <message>
        <source>parameters that are no layers</source>
        <translation>不是层的参数</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>perplexity (lower is better)</source>
        <translation>困惑度（越低越好）</translation>
    </message>
    <message>
        <source>pip could not fetch the starter model: {0}.</source>
        <translation>pip 无法获取入门模型：{0}。</translation>
    </message>
    <message>
        <source>points to {0}, which is no schema in this text</source>
        <translation>指向 {0}，而它不是这段文字中的模式</translation>
    </message>
    <message>
        <source>port 0 cannot be reached</source>
        <translation>无法连接端口 0</translation>
    </message>
    <message>
        <source>promise the same text for the same seed (exact)</source>
        <translation>保证同一种子得到同样的文字 (exact)</translation>
    </message>
    <message>
        <source>prompt writer</source>
        <translation>prompt writer</translation>
    </message>
    <message>
        <source>read-only file system</source>
        <translation>文件系统是只读的</translation>
    </message>
    <message>
        <source>recurrent network (lstm)</source>
        <translation>循环网络（lstm）</translation>
    </message>
    <message>
        <source>refused the request</source>
        <translation>拒绝了请求</translation>
    </message>
    <message>
        <source>repeats a part too often</source>
        <translation>某一部分重复次数太多</translation>
    </message>
    <message>
        <source>sends on to another address</source>
        <translation>转到了另一个地址</translation>
    </message>
    <message>
        <source>sent bytes that are not text</source>
        <translation>发来的字节不是文本</translation>
    </message>
    <message>
        <source>sent more than {0} characters in one piece</source>
        <translation>一次发来了超过 {0} 个字符</translation>
    </message>
    <message>
        <source>sent something that is not JSON</source>
        <translation>发来的内容不是 JSON</translation>
    </message>
    <message>
        <source>sent something that is not an answer</source>
        <translation>发来的内容不是回答</translation>
    </message>
    <message>
        <source>service job</source>
        <translation>service job</translation>
    </message>
    <message>
        <source>service {0}</source>
        <translation>service {0}</translation>
    </message>
    <message>
        <source>several models</source>
        <translation>几个模型</translation>
    </message>
    <message>
        <source>signal {0}</source>
        <translation>信号 {0}</translation>
    </message>
    <message>
        <source>size on the disk</source>
        <translation>磁盘上的大小</translation>
    </message>
    <message>
        <source>smaller made</source>
        <translation>已制成较小模型</translation>
    </message>
    <message>
        <source>stop writing when a request is left</source>
        <translation>在请求离开时停止写作</translation>
    </message>
    <message>
        <source>store {0}</source>
        <translation>存储 {0}</translation>
    </message>
    <message>
        <source>such servers have no request for that</source>
        <translation>这类服务器没有这种请求</translation>
    </message>
    <message>
        <source>tell how likely a given text is</source>
        <translation>给出已有文字的概率</translation>
    </message>
    <message>
        <source>that is not a path</source>
        <translation>不是路径</translation>
    </message>
    <message>
        <source>that is tried by going on with a text</source>
        <translation>这要靠续写文字来试</translation>
    </message>
    <message>
        <source>the Python package index (pypi.org, or where pip is told to look)</source>
        <translation>Python 软件包索引（pypi.org，或 pip 所指的位置）</translation>
    </message>
    <message>
        <source>the catalogue</source>
        <translation>模型目录</translation>
    </message>
    <message>
        <source>the child cannot measure</source>
        <translation>the child cannot measure</translation>
    </message>
    <message>
        <source>the child was started with pipes</source>
        <translation>the child was started with pipes</translation>
    </message>
    <message>
        <source>the encrypted store</source>
        <translation>加密的存储</translation>
    </message>
    <message>
        <source>the engine itself</source>
        <translation>引擎本身</translation>
    </message>
    <message>
        <source>the image part of a model</source>
        <translation>模型的图像部分</translation>
    </message>
    <message>
        <source>the labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>the last attempt returns or raises</source>
        <translation>the last attempt returns or raises</translation>
    </message>
    <message>
        <source>the last message</source>
        <translation>最后一条消息</translation>
    </message>
    <message>
        <source>the last time</source>
        <translation>上次</translation>
    </message>
    <message>
        <source>the list is empty now</source>
        <translation>列表现在为空</translation>
    </message>
    <message>
        <source>the name its store gave it</source>
        <translation>来源站点给它的名称</translation>
    </message>
    <message>
        <source>the next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>the present ones hold</source>
        <translation>现有设置仍然有效</translation>
    </message>
    <message>
        <source>the process was started with pipes</source>
        <translation>the process was started with pipes</translation>
    </message>
    <message>
        <source>the processor does it all</source>
        <translation>全部由处理器计算</translation>
    </message>
    <message>
        <source>the quantizer could not be spoken to ({0})</source>
        <translation>无法与量化程序通信（{0}）</translation>
    </message>
    <message>
        <source>the quantizer ended with code {0}</source>
        <translation>量化程序以代码 {0} 结束</translation>
    </message>
    <message>
        <source>the quantizer returned {0}</source>
        <translation>量化程序返回了 {0}</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>the server {0} is not as it should be</source>
        <translation>服务器 {0} 的记录不正确</translation>
    </message>
    <message>
        <source>the settings before the last change are used</source>
        <translation>采用上次更改之前的设置</translation>
    </message>
    <message>
        <source>the statistics for a quantization</source>
        <translation>量化用的统计数据</translation>
    </message>
    <message>
        <source>the system text</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>there can be {0} examples at most</source>
        <translation>示例最多 {0} 个</translation>
    </message>
    <message>
        <source>there is no field {0}</source>
        <translation>没有字段 {0}</translation>
    </message>
    <message>
        <source>there is no place {0}, only {1}</source>
        <translation>没有位置 {0}，只有 {1}</translation>
    </message>
    <message>
        <source>there is no preset {0}</source>
        <translation>没有预设 {0}</translation>
    </message>
    <message>
        <source>there is no {0}</source>
        <translation>没有 {0}</translation>
    </message>
    <message>
        <source>there is too little room on the disk</source>
        <translation>磁盘空间太少</translation>
    </message>
    <message>
        <source>this installation of Lampblack</source>
        <translation>当前安装的 Lampblack</translation>
    </message>
    <message>
        <source>those before the last change are used</source>
        <translation>采用上次更改之前的内容</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>tokens of its own</source>
        <translation>自己的词元</translation>
    </message>
    <message>
        <source>tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>too many values</source>
        <translation>值太多</translation>
    </message>
    <message>
        <source>torch {0}, transformers {1}</source>
        <translation>torch {0}，transformers {1}</translation>
    </message>
    <message>
        <source>vocabulary and library</source>
        <translation>词表和程序库</translation>
    </message>
    <message>
        <source>waiting policy</source>
        <translation>waiting policy</translation>
    </message>
    <message>
        <source>was killed by {0}</source>
        <translation>被 {0} 终止</translation>
    </message>
    <message>
        <source>was revoked</source>
        <translation>已被吊销</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>weights as {0}</source>
        <translation>权重（{0}）</translation>
    </message>
    <message>
        <source>weights in the other direction</source>
        <translation>方向相反的权重</translation>
    </message>
    <message>
        <source>weights of {0}</source>
        <translation>{0} 的权重</translation>
    </message>
    <message>
        <source>weights, {0}</source>
        <translation>权重，{0}</translation>
    </message>
    <message>
        <source>whole layers beside its LoRA</source>
        <translation>LoRA 之外的完整层</translation>
    </message>
    <message>
        <source>whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>with what the loaded model gives back</source>
        <translation>（含已载入模型可释放的部分）</translation>
    </message>
    <message>
        <source>working buffers</source>
        <translation>工作缓冲区</translation>
    </message>
    <message>
        <source>write several answers to one request</source>
        <translation>对一个请求写几份回答</translation>
    </message>
    <message>
        <source>{&apos;type&apos;: &apos;text&apos;</source>
        <translation>{&apos;type&apos;: &apos;text&apos;</translation>
    </message>
    <message>
        <source>{0} (Lampblack has nothing of that kind)</source>
        <translation>{0}（Lampblack 没有这一类）</translation>
    </message>
    <message>
        <source>{0} (before)</source>
        <translation>{0}（之前）</translation>
    </message>
    <message>
        <source>{0} (no sampling parameters that are known)</source>
        <translation>{0}（没有已知的采样参数）</translation>
    </message>
    <message>
        <source>{0} (with flash attention)</source>
        <translation>{0}（用 flash attention）</translation>
    </message>
    <message>
        <source>{0} (without flash attention)</source>
        <translation>{0}（不用 flash attention）</translation>
    </message>
    <message>
        <source>{0} ({1}) cannot be used.</source>
        <translation>{0} ({1}) 无法使用。</translation>
    </message>
    <message>
        <source>{0} It is left in the file, but not offered.</source>
        <translation>{0}它保留在文件中，但不会提供。</translation>
    </message>
    <message>
        <source>{0} Sentences of your pages can come back in what this adapter writes.</source>
        <translation>{0} 您文稿中的句子可能会出现在用此适配器写出的文字里。</translation>
    </message>
    <message>
        <source>{0} Take {1} or fewer to be safe.</source>
        <translation>{0}为保险起见，请取 {1} 或更少。</translation>
    </message>
    <message>
        <source>{0} WHERE d.key = ?</source>
        <translation>{0} WHERE d.key = ?</translation>
    </message>
    <message>
        <source>{0} WHERE t.id = ?</source>
        <translation>{0} WHERE t.id = ?</translation>
    </message>
    <message>
        <source>{0} WHERE {1} ORDER BY t.id DESC</source>
        <translation>{0} WHERE {1} ORDER BY t.id DESC</translation>
    </message>
    <message>
        <source>{0} What is stopped here goes on there to its end.</source>
        <translation>{0}在这里停止的内容，在那边会写完。</translation>
    </message>
    <message>
        <source>{0} Your own models are left out until it is mended.</source>
        <translation>{0}在修复之前，你自己的模型不会列出。</translation>
    </message>
    <message>
        <source>{0} alternatives for each of {1} tokens are too many.</source>
        <translation>{1} 个词元各要 {0} 个备选，太多了。</translation>
    </message>
    <message>
        <source>{0} and asks to come again in {1} minutes.</source>
        <translation>{0}，并请你 {1} 分钟后再来。</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 以及另外 {1} 个</translation>
    </message>
    <message>
        <source>{0} answered with nonsense: {1}.</source>
        <translation>{0} 的应答无法理解：{1}。</translation>
    </message>
    <message>
        <source>{0} arrived with a wrong checksum and was set aside as {1}.</source>
        <translation>{0} 下载后校验和不对，已另存为 {1}。</translation>
    </message>
    <message>
        <source>{0} before it was ready.</source>
        <translation>{0}，当时尚未准备好。</translation>
    </message>
    <message>
        <source>{0} belongs to the book in {1} and is not there.</source>
        <translation>{0} 属于 {1} 中的书，但文件不在了。</translation>
    </message>
    <message>
        <source>{0} belongs to {1}; it is only taken off the list here.</source>
        <translation>{0} 属于 {1}；这里只把它从列表中移除。</translation>
    </message>
    <message>
        <source>{0} can go on in too many ways at one place.</source>
        <translation>{0} 在一处有太多种接续方式。</translation>
    </message>
    <message>
        <source>{0} can read this text in too many ways.</source>
        <translation>{0} 有太多种方式读这段文字。</translation>
    </message>
    <message>
        <source>{0} cannot be divided there: one of the two would be empty.</source>
        <translation>{0} 无法在该处拆分：其中一部分会是空的。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: it is protected against copying.</source>
        <translation>无法导入 {0}：该文件有防复制保护。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: it takes more time or memory than any text does.</source>
        <translation>无法导入 {0}：它耗费的时间或内存超过任何文稿。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: its lists and quotes lie too deep in each other.</source>
        <translation>无法导入 {0}：其列表和引文嵌套过深。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: its suffix says no format that is known.</source>
        <translation>无法导入 {0}：其扩展名不是已知的格式。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: reading it takes too long.</source>
        <translation>无法导入 {0}：读取时间过长。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: there are no actions in it.</source>
        <translation>{0} 无法导入：其中没有操作。</translation>
    </message>
    <message>
        <source>{0} cannot be imported: {1}.</source>
        <translation>{0} 无法导入：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be learned from: its suffix says no format that is known.</source>
        <translation>无法从 {0} 学习：它的后缀不是已知的格式。</translation>
    </message>
    <message>
        <source>{0} cannot be moved to the trash: its folder or file is read-only.</source>
        <translation>{0} 无法移到回收站：它的文件夹或文件是只读的。</translation>
    </message>
    <message>
        <source>{0} cannot be moved to the trash: its name is too long for it.</source>
        <translation>{0} 无法移到回收站：它的名称太长。</translation>
    </message>
    <message>
        <source>{0} cannot be moved to the trash: the disk is full, and the trash writes a note about everything in it.</source>
        <translation>{0} 无法移到回收站：磁盘已满，而回收站要为其中每样内容写一条记录。</translation>
    </message>
    <message>
        <source>{0} cannot be opened: {1}.</source>
        <translation>{0} 无法打开：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be reached</source>
        <translation>无法连接 {0}</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1} begins with a byte order mark.</source>
        <translation>{0} 无法读取：{1} 以字节顺序标记开头。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>{0} 无法读取：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot be remembered: its name is not valid text.</source>
        <translation>无法记住 {0}：它的名称不是有效的文字。</translation>
    </message>
    <message>
        <source>{0} cannot be used here: {1}</source>
        <translation>{0} 在这里无法使用：{1}</translation>
    </message>
    <message>
        <source>{0} cannot be used: {1}; {2}, and {3}.</source>
        <translation>{0} 无法使用：{1}；{2}，{3}。</translation>
    </message>
    <message>
        <source>{0} cannot be used: {1}; {2}.</source>
        <translation>{0} 无法使用：{1}；{2}。</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1}), so a second window may offer to recover a text that is open here.</source>
        <translation>{0} 无法写入（{1}），因此另一个窗口可能会提出恢复这里打开的文字。</translation>
    </message>
    <message>
        <source>{0} cannot be written: its suffix says no format that is known.</source>
        <translation>无法写入 {0}：其扩展名不是已知的格式。</translation>
    </message>
    <message>
        <source>{0} cannot be written: there is no {1}.</source>
        <translation>无法写入 {0}：{1} 不存在。</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}.</source>
        <translation>{0} 无法写入：{1}。</translation>
    </message>
    <message>
        <source>{0} cannot hold {1} of {2}.</source>
        <translation>{0} 无法容纳 {2} 中的 {1}。</translation>
    </message>
    <message>
        <source>{0} cannot prove that it is {1}: {2}.</source>
        <translation>{0} 无法证明它是 {1}：{2}。</translation>
    </message>
    <message>
        <source>{0} cannot take guesses back.</source>
        <translation>{0} 无法撤回猜测。</translation>
    </message>
    <message>
        <source>{0} could not be copied to {1}: {2}.</source>
        <translation>{0} 无法复制到 {1}：{2}。</translation>
    </message>
    <message>
        <source>{0} could not be deleted: {1}.</source>
        <translation>无法删除 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be installed: {1}.</source>
        <translation>无法安装 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be moved to the trash: {1}.</source>
        <translation>{0} 无法移到回收站：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be moved to the trash: {1}.{2}</source>
        <translation>{0} 无法移到回收站：{1}。{2}</translation>
    </message>
    <message>
        <source>{0} could not be put back: {1}.</source>
        <translation>{0} 无法恢复：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be restored: {1}.</source>
        <translation>无法恢复 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be saved: there is no folder {1}.</source>
        <translation>{0} 无法保存：没有文件夹 {1}。</translation>
    </message>
    <message>
        <source>{0} could not be saved: {1}.</source>
        <translation>{0} 无法保存：{1}。</translation>
    </message>
    <message>
        <source>{0} could not be written: {1}.</source>
        <translation>{0} 无法写入：{1}。</translation>
    </message>
    <message>
        <source>{0} did not write {1} when it was tried.</source>
        <translation>试用时 {0} 没有用{1}写作。</translation>
    </message>
    <message>
        <source>{0} does not give the rest of the file</source>
        <translation>{0} 没有给出文件的其余部分</translation>
    </message>
    <message>
        <source>{0} does not give {1} to everybody (status {2}).</source>
        <translation>{0} 并不向所有人提供 {1}（状态 {2}）。</translation>
    </message>
    <message>
        <source>{0} does not give {1} to the owner of this token (status {2}).</source>
        <translation>{0} 不向这个令牌的主人提供 {1}（状态 {2}）。</translation>
    </message>
    <message>
        <source>{0} does not have {1} any more, or it was never there.</source>
        <translation>{0} 已没有 {1}，或从来没有过。</translation>
    </message>
    <message>
        <source>{0} does not say how a text is divided into words before its tokens are looked up (tokenizer.ggml.pre is missing), so the usual way is taken, and its prose may suffer. A newer GGUF file of the same model says it.</source>
        <translation>{0} 没有说明查找词元之前怎样把文字切分成词（缺少 tokenizer.ggml.pre），因此按常规方式处理，文笔可能受影响。同一模型较新的 GGUF 文件会说明这一点。</translation>
    </message>
    <message>
        <source>{0} does not say how much memory it has, so the processor does it all; set the layers on the GPU to use it.</source>
        <translation>{0} 没有说明它有多少内存，因此全部由处理器计算；要使用它，请设置显卡层数。</translation>
    </message>
    <message>
        <source>{0} does not say which architecture it has.</source>
        <translation>{0} 没有说明它的架构。</translation>
    </message>
    <message>
        <source>{0} files and folders cannot be used as models; {1} of them are listed, after the models.</source>
        <translation>{0} 个文件和文件夹不能作为模型使用；其中 {1} 个列在模型之后。</translation>
    </message>
    <message>
        <source>{0} followed {1} of {2} simple instructions when it was tried: it may do something else.</source>
        <translation>试用时 {2} 条简单指示中 {0} 只遵守了 {1} 条：它可能会做别的事。</translation>
    </message>
    <message>
        <source>{0} gives a text any number of labels at once (multi-label), where a task chooses one.</source>
        <translation>{0} 会同时给文字任意多个标签（多标签），而任务只选一个。</translation>
    </message>
    <message>
        <source>{0} gives one number for a text (regression) and chooses no label.</source>
        <translation>{0} 只给文字一个数值（回归），不选标签。</translation>
    </message>
    <message>
        <source>{0} goes on with what it is told instead of answering, as base models do.</source>
        <translation>{0} 会像基础模型那样接着所给的文字往下写，而不是作答。</translation>
    </message>
    <message>
        <source>{0} goes to the trash; its place is free when the trash is emptied.</source>
        <translation>{0} 会移到回收站；清空回收站后才腾出空间。</translation>
    </message>
    <message>
        <source>{0} guesses too slowly here to make the large model faster.</source>
        <translation>{0} 在本机上猜得太慢，不能让大模型更快。</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分钟</translation>
    </message>
    <message>
        <source>{0} had no room for {1}, so the next device was tried.</source>
        <translation>{0} 放不下 {1}，因此试了下一个设备。</translation>
    </message>
    <message>
        <source>{0} has a tokenizer that cannot say which token stands for which letters.</source>
        <translation>{0} 的分词器无法说明哪个词元对应哪些字符。</translation>
    </message>
    <message>
        <source>{0} has another checksum than it should</source>
        <translation>{0} 的校验和不符</translation>
    </message>
    <message>
        <source>{0} has another checksum than it should.</source>
        <translation>{0} 的校验和不符。</translation>
    </message>
    <message>
        <source>{0} has another vocabulary than the large model, so it cannot guess for it.</source>
        <translation>{0} 的词表与大模型不同，因此无法替它猜词。</translation>
    </message>
    <message>
        <source>{0} has changed since it was searched: it was left as it is.</source>
        <translation>{0} 在搜索之后已更改：保持原样。</translation>
    </message>
    <message>
        <source>{0} has changed since: it was left as it is.</source>
        <translation>{0} 此后已更改：保持原样。</translation>
    </message>
    <message>
        <source>{0} has layers of a kind ({1}) whose memory the Torch engine cannot cut back.</source>
        <translation>{0} 有一类层（{1}），Torch 引擎无法回退它的内存。</translation>
    </message>
    <message>
        <source>{0} has no tokenizer.</source>
        <translation>{0} 没有分词器。</translation>
    </message>
    <message>
        <source>{0} has no vocabulary.</source>
        <translation>{0} 没有词表。</translation>
    </message>
    <message>
        <source>{0} has the format before GGUF.</source>
        <translation>{0} 是 GGUF 之前的格式。</translation>
    </message>
    <message>
        <source>{0} has {1} labels; a text can be classified by {2} at most.</source>
        <translation>{0} 有 {1} 个标签；一段文字最多按 {2} 个标签分类。</translation>
    </message>
    <message>
        <source>{0} has {1} version of the GGUF format ({2}); versions 2 and 3 can be read.</source>
        <translation>{0} 使用{1} GGUF 格式版本（{2}）；可以读取版本 2 和 3。</translation>
    </message>
    <message>
        <source>{0} holds a name or number that is masked before it goes to a server, which would then judge something else.</source>
        <translation>{0} 含有发往服务器之前会隐去的名称或数字，服务器评判的就会是别的内容。</translation>
    </message>
    <message>
        <source>{0} holds a vocabulary but no weights.</source>
        <translation>{0} 有词表但没有权重。</translation>
    </message>
    <message>
        <source>{0} holds a zero character.</source>
        <translation>{0} 含有零字符。</translation>
    </message>
    <message>
        <source>{0} holds its weights as Python pickles, which can run any program when opened.</source>
        <translation>{0} 的权重是 Python pickle，打开时可能运行任何程序。</translation>
    </message>
    <message>
        <source>{0} holds more files and folders than are looked at, so models may be missing from the list. Watch the folder of the models itself.</source>
        <translation>{0} 中的文件和文件夹多得看不完，因此列表中可能缺少模型。请直接监视模型所在的文件夹。</translation>
    </message>
    <message>
        <source>{0} holds no SHA-256.</source>
        <translation>{0} 中没有 SHA-256。</translation>
    </message>
    <message>
        <source>{0} holds no vocabulary.</source>
        <translation>{0} 中没有词表。</translation>
    </message>
    <message>
        <source>{0} holds other things than the matrices of a LoRA.</source>
        <translation>{0} 中有 LoRA 矩阵以外的内容。</translation>
    </message>
    <message>
        <source>{0} holds something that is masked before it goes to a server.</source>
        <translation>{0} 含有发往服务器之前会隐去的内容。</translation>
    </message>
    <message>
        <source>{0} holds weights, but no config.json that describes them.</source>
        <translation>{0} 有权重，但没有描述它们的 config.json。</translation>
    </message>
    <message>
        <source>{0} holds {1} models.</source>
        <translation>{0} 中有 {1} 个模型。</translation>
    </message>
    <message>
        <source>{0} in `files` does not end in {1}</source>
        <translation>`files` 中的 {0} 不是以 {1} 结尾</translation>
    </message>
    <message>
        <source>{0} is a classifier, which takes no adapters.</source>
        <translation>{0} 是分类模型，不能挂适配器。</translation>
    </message>
    <message>
        <source>{0} is a classifier, which writes nothing.</source>
        <translation>{0} 是分类器，不会写作。</translation>
    </message>
    <message>
        <source>{0} is a classifier: it sorts texts by its labels ({1}) and cannot write.</source>
        <translation>{0} 是分类模型：它按标签（{1}）给文字分类，不会写作。</translation>
    </message>
    <message>
        <source>{0} is a file of {1}. Values taken over: {2}.</source>
        <translation>{0} 是 {1} 的文件。采用的值：{2}。</translation>
    </message>
    <message>
        <source>{0} is a link, which goes to the trash; its file stays.</source>
        <translation>{0} 是链接，会移到回收站；它指向的文件保留。</translation>
    </message>
    <message>
        <source>{0} is a model folder, which llama.cpp cannot run.</source>
        <translation>{0} 是模型文件夹，llama.cpp 无法运行。</translation>
    </message>
    <message>
        <source>{0} is a model folder; copies can be made of GGUF files only.</source>
        <translation>{0} 是模型文件夹；只能为 GGUF 文件制作副本。</translation>
    </message>
    <message>
        <source>{0} is a web page, not a model.</source>
        <translation>{0} 是网页，不是模型。</translation>
    </message>
    <message>
        <source>{0} is an adapter (LoRA), which is loaded on top of a model.</source>
        <translation>{0} 是适配器（LoRA），要加在模型之上使用。</translation>
    </message>
    <message>
        <source>{0} is an adapter file for llama.cpp; the Torch engine takes PEFT folders.</source>
        <translation>{0} 是 llama.cpp 的适配器文件；Torch 引擎使用 PEFT 文件夹。</translation>
    </message>
    <message>
        <source>{0} is an adapter folder for the Torch engine; llama.cpp takes GGUF files.</source>
        <translation>{0} 是 Torch 引擎的适配器文件夹；llama.cpp 使用 GGUF 文件。</translation>
    </message>
    <message>
        <source>{0} is damaged ({1}).</source>
        <translation>{0} 已损坏（{1}）。</translation>
    </message>
    <message>
        <source>{0} is damaged or was changed: its sha256 is {1}…, not {2}….</source>
        <translation>{0} 已损坏或被改动：它的 sha256 是 {1}…，而不是 {2}…。</translation>
    </message>
    <message>
        <source>{0} is damaged: it claims more bytes than any disk holds.</source>
        <translation>{0} 已损坏：声称的字节数超过任何磁盘的容量。</translation>
    </message>
    <message>
        <source>{0} is damaged: it names other labels than it has.</source>
        <translation>{0} 已损坏：它列出的标签与实际不同。</translation>
    </message>
    <message>
        <source>{0} is damaged: its header cannot be read.</source>
        <translation>{0} 已损坏：无法读取文件头。</translation>
    </message>
    <message>
        <source>{0} is damaged: its id2label does not name a label of its own for each output.</source>
        <translation>{0} 已损坏：它的 id2label 没有为每个输出给出各自的标签。</translation>
    </message>
    <message>
        <source>{0} is damaged: its parts hold too many tensors.</source>
        <translation>{0} 已损坏：各部分的张量太多。</translation>
    </message>
    <message>
        <source>{0} is damaged: its vocabulary is unknown.</source>
        <translation>{0} 已损坏：无法得知其词表。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1} does not describe a model.</source>
        <translation>{0} 已损坏：{1} 描述的不是模型。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1} is not valid JSON.</source>
        <translation>{0} 已损坏：{1} 不是有效的 JSON。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1} names no weights.</source>
        <translation>{0} 已损坏：{1} 没有列出权重。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1}.</source>
        <translation>{0} 已损坏：{1}。</translation>
    </message>
    <message>
        <source>{0} is empty</source>
        <translation>{0} 是空的</translation>
    </message>
    <message>
        <source>{0} is empty.</source>
        <translation>{0} 是空的。</translation>
    </message>
    <message>
        <source>{0} is gated: {1} gives it only to those who accepted its terms (status {2}).</source>
        <translation>{0} 受限：{1} 只提供给接受了条款的人（状态 {2}）。</translation>
    </message>
    <message>
        <source>{0} is in the catalogue and not on this machine.</source>
        <translation>{0} 在模型目录中，但不在本机。</translation>
    </message>
    <message>
        <source>{0} is larger than such a file can be, and was not fetched.</source>
        <translation>{0} 超出了这类文件可能的大小，因此没有下载。</translation>
    </message>
    <message>
        <source>{0} is loaded.</source>
        <translation>{0} 已载入。</translation>
    </message>
    <message>
        <source>{0} is no address that may be fetched from.</source>
        <translation>{0} 不是可以下载的地址。</translation>
    </message>
    <message>
        <source>{0} is no archive of a pack, or it is damaged.</source>
        <translation>{0} 不是引擎包的归档文件，或者已损坏。</translation>
    </message>
    <message>
        <source>{0} is no classifier: it has no labels.</source>
        <translation>{0} 不是分类模型：它没有标签。</translation>
    </message>
    <message>
        <source>{0} is no file</source>
        <translation>{0} 不是文件</translation>
    </message>
    <message>
        <source>{0} is no model&apos;s folder, so it is left alone.</source>
        <translation>{0} 不是模型的文件夹，因此没有动它。</translation>
    </message>
    <message>
        <source>{0} is no name for a text of a book.</source>
        <translation>{0} 不能作为书中文本的名称。</translation>
    </message>
    <message>
        <source>{0} is no ordinary file, so it is left alone.</source>
        <translation>{0} 不是普通文件，因此没有动它。</translation>
    </message>
    <message>
        <source>{0} is no plain file</source>
        <translation>{0} 不是普通文件</translation>
    </message>
    <message>
        <source>{0} is not a GGUF model.</source>
        <translation>{0} 不是 GGUF 模型。</translation>
    </message>
    <message>
        <source>{0} is not a LoRA but {1}.</source>
        <translation>{0} 不是 LoRA，而是 {1}。</translation>
    </message>
    <message>
        <source>{0} is not a model that continues text.</source>
        <translation>{0} 不是续写文字的模型。</translation>
    </message>
    <message>
        <source>{0} is not a safetensors file.</source>
        <translation>{0} 不是 safetensors 文件。</translation>
    </message>
    <message>
        <source>{0} is not a text in {1}.</source>
        <translation>{0} 不是 {1} 编码的文本。</translation>
    </message>
    <message>
        <source>{0} is not an adapter (LoRA).</source>
        <translation>{0} 不是适配器（LoRA）。</translation>
    </message>
    <message>
        <source>{0} is not as it is listed</source>
        <translation>{0} 与清单不符</translation>
    </message>
    <message>
        <source>{0} is not complete: its files hold no numbers for {1}.</source>
        <translation>{0} 不完整：文件中没有 {1} 的数值。</translation>
    </message>
    <message>
        <source>{0} is not complete: its weights are in parts, and {1}, which names them, is missing.</source>
        <translation>{0} 不完整：它的权重分为几部分，而列出各部分的 {1} 缺失。</translation>
    </message>
    <message>
        <source>{0} is not complete: {1} is missing.</source>
        <translation>{0} 不完整：缺少 {1}。</translation>
    </message>
    <message>
        <source>{0} is not on the page any more: it was left as it is.</source>
        <translation>{0} 已不在页面上：保持原样。</translation>
    </message>
    <message>
        <source>{0} is not there any more; it is taken off the list.</source>
        <translation>{0} 已经不在了；它会从列表中移除。</translation>
    </message>
    <message>
        <source>{0} is not there.</source>
        <translation>{0} 不在了。</translation>
    </message>
    <message>
        <source>{0} is not valid JSON: {1} ({2}).</source>
        <translation>{0} 不是有效的 JSON：{1}（{2}）。</translation>
    </message>
    <message>
        <source>{0} is not valid: {1}.</source>
        <translation>{0} 无效：{1}。</translation>
    </message>
    <message>
        <source>{0} is of no use here and was left alone.</source>
        <translation>{0} 在此无用，已保持原样。</translation>
    </message>
    <message>
        <source>{0} is off, for its window is 0 in the file; -1 is the whole text</source>
        <translation>{0} 未启用，因为文件中它的窗口为 0；-1 为整段文字</translation>
    </message>
    <message>
        <source>{0} is on the internet, where plain http can be read by others</source>
        <translation>{0} 在互联网上，普通 http 会被他人读到</translation>
    </message>
    <message>
        <source>{0} is only a pointer to a model (Git LFS).</source>
        <translation>{0} 只是指向模型的指针（Git LFS）。</translation>
    </message>
    <message>
        <source>{0} is only the weights of a model.</source>
        <translation>{0} 只是模型的权重。</translation>
    </message>
    <message>
        <source>{0} is part {1} of a model in {2} files, and its first part, {3}, is missing.</source>
        <translation>{0} 是一个模型 {2} 个文件中的第 {1} 个，而第一个文件 {3} 缺失。</translation>
    </message>
    <message>
        <source>{0} is part {1} of a model in {2} files.</source>
        <translation>{0} 是一个模型 {2} 个文件中的第 {1} 个。</translation>
    </message>
    <message>
        <source>{0} is quantized in a way that is not known here (type {1}).</source>
        <translation>{0} 的量化方式在这里未知（类型 {1}）。</translation>
    </message>
    <message>
        <source>{0} is set to {1}, which is no address that may be fetched from.</source>
        <translation>{0} 设为 {1}，而不可以从这样的地址获取。</translation>
    </message>
    <message>
        <source>{0} is shorter than its header says: {1} of {2} bytes.</source>
        <translation>{0} 比文件头所说的短：{2} 字节中只有 {1}。</translation>
    </message>
    <message>
        <source>{0} is the first of {1} parts, and {2} is missing.</source>
        <translation>{0} 是 {1} 部分中的第一部分，而 {2} 缺失。</translation>
    </message>
    <message>
        <source>{0} is the first of {1} parts, but its name does not say so.</source>
        <translation>{0} 是 {1} 部分中的第一部分，但名称没有说明。</translation>
    </message>
    <message>
        <source>{0} is written for big-endian machines.</source>
        <translation>{0} 是为大端序机器写的。</translation>
    </message>
    <message>
        <source>{0} is {1}, not a model that writes.</source>
        <translation>{0} 是{1}，不是用来写作的模型。</translation>
    </message>
    <message>
        <source>{0} lacks its weights, {1}.</source>
        <translation>{0} 缺少权重 {1}。</translation>
    </message>
    <message>
        <source>{0} layers</source>
        <translation>{0} 层</translation>
    </message>
    <message>
        <source>{0} layers go onto the graphics card in place of {1}, as many as its free memory holds.</source>
        <translation>放到显卡上的是 {0} 层，而不是 {1} 层，即空闲显存能容纳的层数。</translation>
    </message>
    <message>
        <source>{0} layers on the graphics card</source>
        <translation>{0} 层在显卡上</translation>
    </message>
    <message>
        <source>{0} layers were asked for on the graphics card, but its free memory has room for {1}.</source>
        <translation>要求把 {0} 层放到显卡上，但空闲显存只能容纳 {1} 层。</translation>
    </message>
    <message>
        <source>{0} means {1} models: {2}.</source>
        <translation>{0} 可指 {1} 个模型：{2}。</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} names</source>
        <translation>{0} 个名称</translation>
    </message>
    <message>
        <source>{0} names a file that may not be written.</source>
        <translation>{0} 中的文件不可写入。</translation>
    </message>
    <message>
        <source>{0} names a folder that may not be written.</source>
        <translation>{0} 中的文件夹不可写入。</translation>
    </message>
    <message>
        <source>{0} names no folder of its own.</source>
        <translation>{0} 没有指明自己的文件夹。</translation>
    </message>
    <message>
        <source>{0} names no repository.</source>
        <translation>{0} 没有指明仓库。</translation>
    </message>
    <message>
        <source>{0} needs program code of its own (auto_map), which is never run.</source>
        <translation>{0} 需要自带的程序代码 (auto_map)，而这里从不运行它。</translation>
    </message>
    <message>
        <source>{0} needs {1} of memory, but only {2} are free.</source>
        <translation>{0} 需要 {1} 内存，但只有 {2} 空闲。</translation>
    </message>
    <message>
        <source>{0} needs {1} while it is fetched, and the disk of {2} has {3} left.</source>
        <translation>{0} 下载时需要 {1}，而 {2} 所在的磁盘只剩 {3}。</translation>
    </message>
    <message>
        <source>{0} nests its parentheses too deeply.</source>
        <translation>{0} 的括号嵌套太深。</translation>
    </message>
    <message>
        <source>{0} of its files are missing</source>
        <translation>缺少其中 {0} 个文件</translation>
    </message>
    <message>
        <source>{0} of its {1} files are there already.</source>
        <translation>它的 {1} 个文件中已有 {0} 个。</translation>
    </message>
    <message>
        <source>{0} of {1} layers fit into the memory of the graphics card; the processor does the rest.</source>
        <translation>显存放得下 {1} 层中的 {0} 层；其余由处理器计算。</translation>
    </message>
    <message>
        <source>{0} on the graphics card ({1}).</source>
        <translation>{0}，在显卡上（{1}）。</translation>
    </message>
    <message>
        <source>{0} on top</source>
        <translation>{0}（在此基础上）</translation>
    </message>
    <message>
        <source>{0} only goes on with text, and there are no examples of this to show it: load a model that follows instructions.</source>
        <translation>{0} 只会续写文字，而且没有可供它参照的示例：请加载会遵循指示的模型。</translation>
    </message>
    <message>
        <source>{0} only goes on with text, and there are no examples of {1} to show it: translate with a model that follows instructions.</source>
        <translation>{0} 只会续写文字，而且没有{1}的示例可供它参照：请用会遵循指示的模型来翻译。</translation>
    </message>
    <message>
        <source>{0} reads at most {1} tokens at once.</source>
        <translation>{0} 一次最多读 {1} 个词元。</translation>
    </message>
    <message>
        <source>{0} redirects again and again.</source>
        <translation>{0} 一再重定向。</translation>
    </message>
    <message>
        <source>{0} redirects to {1}://{2}, which is not encrypted, and nothing was fetched from there.</source>
        <translation>{0} 重定向到 {1}://{2}，那里没有加密，因此没有从那里获取任何内容。</translation>
    </message>
    <message>
        <source>{0} refused {1} with status {2}.</source>
        <translation>{0} 拒绝提供 {1}，状态 {2}。</translation>
    </message>
    <message>
        <source>{0} repeats a part {1} times.</source>
        <translation>{0} 把一个部分重复了 {1} 次。</translation>
    </message>
    <message>
        <source>{0} repeats its parts too often, all together.</source>
        <translation>{0} 的各部分总共重复太多次。</translation>
    </message>
    <message>
        <source>{0} rows are left out, the first is row {1}: {2}.</source>
        <translation>略过了 {0} 行，第一行是第 {1} 行：{2}。</translation>
    </message>
    <message>
        <source>{0} says it has {1} layers; llama.cpp can run at most {2}.</source>
        <translation>{0} 自称有 {1} 层；llama.cpp 最多能运行 {2} 层。</translation>
    </message>
    <message>
        <source>{0} says it has {1} parts; at most {2} can be read.</source>
        <translation>{0} 自称有 {1} 部分；最多能读取 {2} 部分。</translation>
    </message>
    <message>
        <source>{0} sent a list that cannot be right.</source>
        <translation>{0} 发来的列表不可能正确。</translation>
    </message>
    <message>
        <source>{0} sent a list that is far too long.</source>
        <translation>{0} 发来的列表太长。</translation>
    </message>
    <message>
        <source>{0} sent nothing for a while</source>
        <translation>{0} 有一阵没有发来任何内容</translation>
    </message>
    <message>
        <source>{0} sent the file in an encoding that was not asked for.</source>
        <translation>{0} 用没有要求的编码发来文件。</translation>
    </message>
    <message>
        <source>{0} soon repeats itself, which a long answer shows.</source>
        <translation>{0} 很快就会重复自己，答案一长便会显出来。</translation>
    </message>
    <message>
        <source>{0} tells the checksum; else say which SHA-256 it must have.</source>
        <translation>{0} 写明校验和；否则请指明应有的 SHA-256。</translation>
    </message>
    <message>
        <source>{0} was not changed: no version of it as it is now could be kept.</source>
        <translation>{0} 没有更改：无法保存它现在的版本。</translation>
    </message>
    <message>
        <source>{0} was not deleted: another program has just changed it.</source>
        <translation>{0} 未被删除：另一个程序刚刚修改了它。</translation>
    </message>
    <message>
        <source>{0} was not deleted: it could not be kept in the trash.</source>
        <translation>{0} 未被删除：无法将它保存到回收站。</translation>
    </message>
    <message>
        <source>{0} was not deleted: {1}.</source>
        <translation>{0} 未被删除：{1}。</translation>
    </message>
    <message>
        <source>{0} was not made to follow instructions: it is shown examples instead.</source>
        <translation>{0} 不是为遵循指示而做的：改为给它看示例。</translation>
    </message>
    <message>
        <source>{0} was not saved, for its longer version could not be kept in {1}: {2}.</source>
        <translation>{0} 没有保存，因为较长的版本无法保存在 {1}：{2}。</translation>
    </message>
    <message>
        <source>{0} was not saved, for what it holds now could not be kept in the history.</source>
        <translation>{0} 未保存，因为无法将其现有内容存入历史。</translation>
    </message>
    <message>
        <source>{0} was written by a newer version of Lampblack: takes and recovery are switched off until that version is used again.</source>
        <translation>{0} 是由更新版本的 Lampblack 写的：在重新使用那个版本之前，候选稿和恢复功能关闭。</translation>
    </message>
    <message>
        <source>{0} were tried</source>
        <translation>试了 {0}</translation>
    </message>
    <message>
        <source>{0} while it loaded {1}</source>
        <translation>{0}，当时正在载入 {1}</translation>
    </message>
    <message>
        <source>{0} while it worked with {1}.</source>
        <translation>{0}，当时正在使用 {1} 工作。</translation>
    </message>
    <message>
        <source>{0} with {1} layers on the graphics card.</source>
        <translation>{0}，{1} 层在显卡上。</translation>
    </message>
    <message>
        <source>{0} would fit.</source>
        <translation>{0} 就放得下。</translation>
    </message>
    <message>
        <source>{0} {1} (status {2})</source>
        <translation>{0} {1}（状态 {2}）</translation>
    </message>
    <message>
        <source>{0}, {1} times in a row.</source>
        <translation>{0}，连续 {1} 次。</translation>
    </message>
    <message>
        <source>{0}: the JSON schema has the name {1} twice.</source>
        <translation>{0}：JSON 模式中名称 {1} 出现了两次。</translation>
    </message>
    <message>
        <source>{0}: the JSON schema holds a number too long.</source>
        <translation>{0}：JSON 模式中有一个数字太长。</translation>
    </message>
    <message>
        <source>{0}: the JSON schema holds half a surrogate pair.</source>
        <translation>{0}：JSON 模式中有半个代理对。</translation>
    </message>
    <message>
        <source>{0}: the JSON schema holds {1}, which JSON does not have.</source>
        <translation>{0}：JSON 模式中有 {1}，而 JSON 没有它。</translation>
    </message>
    <message>
        <source>{0}: the JSON schema nests too deeply.</source>
        <translation>{0}：JSON 模式嵌套太深。</translation>
    </message>
    <message>
        <source>{0}: {1} in the JSON schema {2}.</source>
        <translation>{0}：JSON 模式 {2} 中的 {1}。</translation>
    </message>
    <message>
        <source>{0}; it goes on in {1} s.</source>
        <translation>{0}；{1} 秒后继续。</translation>
    </message>
    <message>
        <source>{0}The weights were rounded to {1} before, so that the copy is a little worse than {2} made of the original in F16.</source>
        <translation>{0}权重以前舍入为 {1}，因此副本比用 F16 原模型制作的 {2} 稍差。</translation>
    </message>
    <message>
        <source>{file} divides a text into tokens in a way ({what}) that this version of llama.cpp does not know.</source>
        <translation>{file} 把文字切分成词元的方式（{what}）是这个版本的 llama.cpp 不认识的。</translation>
    </message>
    <message>
        <source>{file} has the architecture {what}, which this version of llama.cpp does not know.</source>
        <translation>{file} 的架构 {what} 是这个版本的 llama.cpp 不认识的。</translation>
    </message>
    <message>
        <source>{file} is built in another way than this version of llama.cpp expects: it may be a newer kind of model, or damaged.</source>
        <translation>{file} 的构造与这个版本的 llama.cpp 所预期的不同：可能是较新的模型，或已损坏。</translation>
    </message>
    <message>
        <source>{file} is cut short: it is smaller than its own header says.</source>
        <translation>{file} 不完整：比它的文件头所说的小。</translation>
    </message>
    <message>
        <source>{file} is not a GGUF model that llama.cpp can read.</source>
        <translation>{file} 不是 llama.cpp 能读取的 GGUF 模型。</translation>
    </message>
    <message>
        <source>{server} applies the temperature before it cuts unlikely tokens.</source>
        <translation>{server} 先应用温度，再截去不太可能的词元。</translation>
    </message>
    <message>
        <source>{server} has no such parameter.</source>
        <translation>{server} 没有这个参数。</translation>
    </message>
    <message>
        <source>{server} looks at all of the text, not at a window of it.</source>
        <translation>{server} 会看全部文字，而不是其中一个窗口。</translation>
    </message>
    <message>
        <source>{server} needs a number of tokens; -1 cannot be said.</source>
        <translation>{server} 需要词元数量；不能用 -1。</translation>
    </message>
    <message>
        <source>{server} takes a JSON schema, but no GBNF grammar.</source>
        <translation>{server} 接受 JSON 模式，但不接受 GBNF 语法。</translation>
    </message>
    <message>
        <source>{server} takes a word bias only for tokens by their number (token:NUMBER).</source>
        <translation>{server} 只接受按编号给词元的词语偏置 (token:编号)。</translation>
    </message>
    <message>
        <source>{server} takes at most 4 stop texts.</source>
        <translation>{server} 最多接受 4 个停止文本。</translation>
    </message>
    <message>
        <source>{server} takes only values above 0.</source>
        <translation>{server} 只接受大于 0 的值。</translation>
    </message>
    <message>
        <source>{server} takes temperatures up to 2.</source>
        <translation>{server} 只接受不超过 2 的温度。</translation>
    </message>
    <message>
        <source>“{0}” is a title alone: it has no text.</source>
        <translation>“{0}”只是一个标题：没有文本。</translation>
    </message>
</context>
<context>
    <name>ServerDialog</name>
    <message>
        <source>&amp;Add</source>
        <translation>添加(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Certificate</source>
        <translation>证书(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Forget Key</source>
        <translation>忘记密钥(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>密钥(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>查看(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Names to Mask…</source>
        <translation>要隐去的名称(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation>测试(&amp;T)</translation>
    </message>
    <message>
        <source>A PEM file that vouches for the server’s certificate, where the system cannot</source>
        <translation>用于验证服务器证书的 PEM 文件，当系统无法验证时使用</translation>
    </message>
    <message>
        <source>A&amp;ddress</source>
        <translation>地址(&amp;D)</translation>
    </message>
    <message>
        <source>Add a Server</source>
        <translation>添加服务器</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>总是</translation>
    </message>
    <message>
        <source>Ask the server what it is and can; no text of yours is sent</source>
        <translation>询问服务器是什么、能做什么；不发送你的文字</translation>
    </message>
    <message>
        <source>Ask the server which models it has</source>
        <translation>询问服务器有哪些模型</translation>
    </message>
    <message>
        <source>Asking {0}…</source>
        <translation>正在询问 {0}…</translation>
    </message>
    <message>
        <source>Automatic: if it is another machine</source>
        <translation>自动：是其他电脑时</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choos&amp;e…</source>
        <translation>选择(&amp;E)…</translation>
    </message>
    <message>
        <source>Choose a Certificate</source>
        <translation>选择证书</translation>
    </message>
    <message>
        <source>Choose the file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Close without keeping anything</source>
        <translation>关闭，不保存任何更改</translation>
    </message>
    <message>
        <source>Edit the Server</source>
        <translation>编辑服务器</translation>
    </message>
    <message>
        <source>Forget the key that is kept for this address</source>
        <translation>忘记为这个地址保存的密钥</translation>
    </message>
    <message>
        <source>How it is called in the list</source>
        <translation>在列表中的名称</translation>
    </message>
    <message>
        <source>It is kept in this system’s keyring, for this address alone.</source>
        <translation>仅为这个地址保存在本系统的密钥环中。</translation>
    </message>
    <message>
        <source>Keep the server in the list of models</source>
        <translation>把服务器留在模型列表中</translation>
    </message>
    <message>
        <source>Lampblack can write with a program that speaks OpenAI’s protocol, such as vLLM, llama-server, LM Studio or another Lampblack. What you have written up to the cursor is sent there whenever you let it go on, and at no other time.</source>
        <translation>Lampblack 可以使用支持 OpenAI 协议的程序写作，例如 vLLM、llama-server、LM Studio 或另一个 Lampblack。每当你让它续写，光标之前的文字就会发送过去，其他时候不发送。</translation>
    </message>
    <message>
        <source>List names that are replaced before a sending</source>
        <translation>列出发送前要替换的名称</translation>
    </message>
    <message>
        <source>M&amp;odel</source>
        <translation>模型(&amp;O)</translation>
    </message>
    <message>
        <source>Mask&amp;ing</source>
        <translation>脱敏(&amp;I)</translation>
    </message>
    <message>
        <source>Na&amp;me</source>
        <translation>名称(&amp;M)</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Show me what is sent before it goes there</source>
        <translation>发送之前先让我看内容</translation>
    </message>
    <message>
        <source>Such as https://name.example:8443 or http://127.0.0.1:8080</source>
        <translation>例如 https://name.example:8443 或 http://127.0.0.1:8080</translation>
    </message>
    <message>
        <source>That cannot be a key: copy it again whole.</source>
        <translation>这不可能是密钥：请重新完整复制。</translation>
    </message>
    <message>
        <source>The key that the server wants, if any; it is not shown</source>
        <translation>服务器要求的密钥（如有）；不会显示</translation>
    </message>
    <message>
        <source>The server has no model loaded. Load one there first.</source>
        <translation>服务器没有载入模型。请先在那里载入一个。</translation>
    </message>
    <message>
        <source>The text as it is sent, with names and numbers replaced</source>
        <translation>将要发送的文字，名称和数字已替换</translation>
    </message>
    <message>
        <source>There is no keyring here: it is forgotten when Lampblack ends.</source>
        <translation>这里没有密钥环：Lampblack 退出时即忘记。</translation>
    </message>
    <message>
        <source>Whether names and numbers are replaced before a text goes there</source>
        <translation>发送之前是否替换名称和数字</translation>
    </message>
    <message>
        <source>Which of its models; empty where it has only one</source>
        <translation>使用其中哪个模型；只有一个时留空</translation>
    </message>
    <message>
        <source>kept; leave empty to use it</source>
        <translation>已保存；留空则使用它</translation>
    </message>
</context>
<context>
    <name>Servers</name>
    <message>
        <source>It answers, with the model {0}.</source>
        <translation>它已应答，模型为 {0}。</translation>
    </message>
    <message>
        <source>It cannot be told of: {0}.</source>
        <translation>无法告诉它：{0}。</translation>
    </message>
    <message>
        <source>It is not encrypted: everyone on the way can read it.</source>
        <translation>没有加密：途中的任何人都能读到。</translation>
    </message>
    <message>
        <source>It is not known whether it stops writing when you stop it.</source>
        <translation>不清楚你停止时它是否会停止写作。</translation>
    </message>
    <message>
        <source>It is on this machine: no text leaves it.</source>
        <translation>它在本机：文字不会离开。</translation>
    </message>
    <message>
        <source>It reads {0} tokens at once.</source>
        <translation>它一次能读 {0} 个词元。</translation>
    </message>
    <message>
        <source>It stops writing when you stop it.</source>
        <translation>你停止时它会停止写作。</translation>
    </message>
    <message>
        <source>Text leaves this machine: it goes to {0}.</source>
        <translation>文字会离开本机：发往 {0}。</translation>
    </message>
    <message>
        <source>What you stop goes on there to its end.</source>
        <translation>你停止之后，它仍会在那边写完。</translation>
    </message>
</context>
<context>
    <name>ServersController</name>
    <message>
        <source>Give the Key…</source>
        <translation>输入密钥…</translation>
    </message>
    <message>
        <source>It is taken off the list, and its key is forgotten.</source>
        <translation>它会从列表中移除，密钥也会一并忘记。</translation>
    </message>
    <message>
        <source>No key for {0} is kept here any more.</source>
        <translation>这里不再保存 {0} 的密钥。</translation>
    </message>
    <message>
        <source>The key could not be kept: it holds until Lampblack ends.</source>
        <translation>密钥未能保存：只在 Lampblack 退出前有效。</translation>
    </message>
    <message>
        <source>The keyring did not let go of the key for {0}, so it is still kept and used. Unlock the keyring, then choose Forget Key again.</source>
        <translation>密钥环未能删除 {0} 的密钥，因此它仍被保存和使用。请解锁密钥环，再选择“忘记密钥”。</translation>
    </message>
    <message>
        <source>The keyring did not let go of the key for {0}, so it is still kept there. Unlock the keyring and delete “lampblack” for this address in it.</source>
        <translation>密钥环未能删除 {0} 的密钥，因此它仍保存在那里。请解锁密钥环，删除其中这个地址的“lampblack”。</translation>
    </message>
</context>
<context>
    <name>ServiceController</name>
    <message>
        <source>Other machines of the local network reach it, too: {0}.</source>
        <translation>局域网中的其他电脑也能访问：{0}。</translation>
    </message>
    <message>
        <source>The local service ended by itself. Switch it on again.</source>
        <translation>本地服务自行终止了。请重新开启。</translation>
    </message>
    <message>
        <source>Without a certificate, others in that network can read all texts and the token.</source>
        <translation>没有证书时，该网络中的其他人能读到所有文字和令牌。</translation>
    </message>
</context>
<context>
    <name>ServiceDialog</name>
    <message>
        <source>&amp;Switch Off</source>
        <translation>关闭服务(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Switch On</source>
        <translation>开启服务(&amp;S)</translation>
    </message>
    <message>
        <source>Begin to answer other programs</source>
        <translation>开始响应其他程序</translation>
    </message>
    <message>
        <source>Copy &amp;Address</source>
        <translation>复制地址(&amp;A)</translation>
    </message>
    <message>
        <source>Copy &amp;Token</source>
        <translation>复制令牌(&amp;T)</translation>
    </message>
    <message>
        <source>End the service; requests that run are broken off</source>
        <translation>停止服务；正在处理的请求会中断</translation>
    </message>
    <message>
        <source>Local Service</source>
        <translation>本地服务</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>On at {0}</source>
        <translation>已在 {0} 开启</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Programs of this machine write with the loaded model at this address, with the token; your own writing goes first. It speaks OpenAI’s API (add /v1), llama-server’s and KoboldCpp’s. Port, network and web pages are chosen in the settings.</source>
        <translation>本机的程序凭令牌在此地址用已载入的模型写作；你自己的写作优先。它支持 OpenAI 的 API（加上 /v1）、llama-server 和 KoboldCpp 的 API。端口、网络和网页在设置中选择。</translation>
    </message>
    <message>
        <source>Put the address on the clipboard</source>
        <translation>把地址复制到剪贴板</translation>
    </message>
    <message>
        <source>Put the token on the clipboard; it is not shown</source>
        <translation>把令牌复制到剪贴板；不会显示出来</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>The last requests</source>
        <translation>最近的请求</translation>
    </message>
    <message>
        <source>The last requests, the newest first; no text of theirs is kept</source>
        <translation>最近的请求，新的在前；不保留其中的文字</translation>
    </message>
    <message>
        <source>The local service is off.</source>
        <translation>本地服务已关闭。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Finish the word that is being typed, then go on.</source>
        <translation>请先完成正在输入的字词，然后继续。</translation>
    </message>
    <message>
        <source>The model had nothing to add here.</source>
        <translation>模型觉得这里没什么可写的。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>The writing ended because every way on led to a banned phrase.</source>
        <translation>写作已停止，因为怎样写下去都会出现禁用短语。</translation>
    </message>
    <message>
        <source>This text can only be read here.</source>
        <translation>此处只能阅读这篇文字。</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>A private key needs its certificate.</source>
        <translation>有私钥就必须有它的证书。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Engines</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Local Service</source>
        <translation>本地服务</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Of the tab that is open.</source>
        <translation>仅限当前标签页。</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>The micro-batch may not be larger than the batch.</source>
        <translation>微批大小不能大于批大小。</translation>
    </message>
    <message>
        <source>Without a certificate, others in that network can read all texts and the token.</source>
        <translation>没有证书时，该网络中的其他人能读到所有文字和令牌。</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写作</translation>
    </message>
</context>
<context>
    <name>SetupPage</name>
    <message>
        <source>&amp;Go On with It</source>
        <translation>继续训练(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;How Long Will It Take?</source>
        <translation>需要多久(&amp;H)？</translation>
    </message>
    <message>
        <source>&amp;Learn</source>
        <translation>学习(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Pages, as they are saved</source>
        <translation>文稿，以已保存的为准(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Rank</source>
        <translation>秩(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Trainings that were stopped</source>
        <translation>已停止的训练(&amp;T)</translation>
    </message>
    <message>
        <source>A model learns here, on this machine, to write as your pages do. What comes out is an adapter, a small file beside the model, which stays as it is.</source>
        <translation>模型就在这台机器上学习像您的文稿那样写。得到的是一个适配器：模型旁边的一个小文件，模型本身保持不变。</translation>
    </message>
    <message>
        <source>Add &amp;Files…</source>
        <translation>添加文件(&amp;F)…</translation>
    </message>
    <message>
        <source>Add F&amp;older…</source>
        <translation>添加文件夹(&amp;O)…</translation>
    </message>
    <message>
        <source>Also what a model &amp;wrote</source>
        <translation>也包括模型写的(&amp;W)</translation>
    </message>
    <message>
        <source>Counting the words…</source>
        <translation>正在数字数…</translation>
    </message>
    <message>
        <source>Decides every draw; the same gives the same</source>
        <translation>决定每次抽取；相同的种子得到相同的结果</translation>
    </message>
    <message>
        <source>How large each step is; too large forgets</source>
        <translation>每一步有多大；太大会遗忘</translation>
    </message>
    <message>
        <source>How many tokens are read at once: more takes more memory</source>
        <translation>一次读取多少词元：越多占用内存越多</translation>
    </message>
    <message>
        <source>How much the adapter can hold: more learns finer, and more by heart</source>
        <translation>适配器能容纳多少：越多学得越细，也背得越多</translation>
    </message>
    <message>
        <source>How often it goes over the pages, at most</source>
        <translation>最多把文稿过几遍</translation>
    </message>
    <message>
        <source>Learn from generated text, too; it makes the model more like itself</source>
        <translation>也从生成的文本中学习；这会使模型更像它自己</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Passes</source>
        <translation>遍数</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Show &amp;Engines</source>
        <translation>显示引擎(&amp;E)</translation>
    </message>
    <message>
        <source>This is a GGUF file: it is unpacked for PyTorch while it learns, which takes longer to begin. The adapter goes with the file as it is.</source>
        <translation>这是一个 GGUF 文件：学习时为 PyTorch 展开，开始得较慢。适配器与原文件一起使用。</translation>
    </message>
    <message>
        <source>Trainings that were stopped</source>
        <translation>已停止的训练</translation>
    </message>
    <message>
        <source>Try some steps with the model, for some seconds</source>
        <translation>用模型试几步，需要几秒钟</translation>
    </message>
    <message numerus="yes">
        <source>{0} in {1} files.</source>
        <translation>
            <numerusform>{1} 个文件中共 {0}。</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} more are left out, as a model wrote them.</source>
        <translation>另有 {0} 字是模型写的，已略去。</translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
</context>
<context>
    <name>SideBar</name>
    <message>
        <source>Side bar</source>
        <translation>侧边栏</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写作</translation>
    </message>
</context>
<context>
    <name>Spelling</name>
    <message>
        <source>{0} ({1})</source>
        <translation>{0}（{1}）</translation>
    </message>
</context>
<context>
    <name>SpellingController</name>
    <message>
        <source>Accept in This Document</source>
        <translation>在本文档中接受</translation>
    </message>
    <message>
        <source>Add to My Words</source>
        <translation>添加到我的词</translation>
    </message>
    <message>
        <source>Choose the Language…</source>
        <translation>选择语言…</translation>
    </message>
    <message>
        <source>Do Not Check It</source>
        <translation>不检查</translation>
    </message>
    <message>
        <source>Most words here are unknown in {0}, so none is marked. Is this text in another language?</source>
        <translation>这里的大多数词在 {0} 中都查不到，因此没有标记任何词。这段文字是另一种语言吗？</translation>
    </message>
    <message>
        <source>No Suggestions</source>
        <translation>没有建议</translation>
    </message>
    <message>
        <source>No word of this document is unknown to the dictionary.</source>
        <translation>本文档中没有词典查不到的词。</translation>
    </message>
    <message>
        <source>Spelling is not checked: switch it on in the Edit menu.</source>
        <translation>未检查拼写：请在“编辑”菜单中打开。</translation>
    </message>
    <message>
        <source>The spelling of this document is not checked.</source>
        <translation>不检查本文档的拼写。</translation>
    </message>
    <message>
        <source>There is no dictionary for {0} on this machine.</source>
        <translation>这台电脑上没有 {0} 的词典。</translation>
    </message>
    <message>
        <source>Unknown word: {0}</source>
        <translation>生词：{0}</translation>
    </message>
    <message>
        <source>“{0}” is one of your words now.</source>
        <translation>“{0}”现在是您自己的词了。</translation>
    </message>
    <message>
        <source>“{0}” is right in this document now.</source>
        <translation>“{0}”在本文档中现在算作正确。</translation>
    </message>
</context>
<context>
    <name>SpellingDialog</name>
    <message numerus="yes">
        <source>%n words are not in the dictionary.</source>
        <translation>
            <numerusform>有 %n 个词不在词典中。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Language of this document</source>
        <translation>本文档的语言(&amp;L)</translation>
    </message>
    <message>
        <source>Accept in This Document</source>
        <translation>在本文档中接受</translation>
    </message>
    <message>
        <source>Add to My Words</source>
        <translation>添加到我的词</translation>
    </message>
    <message>
        <source>Also for other documents</source>
        <translation>也用于其他文档</translation>
    </message>
    <message>
        <source>Checks documents for which no language was chosen in this one, too.</source>
        <translation>没有选择语言的文档也用这种语言检查。</translation>
    </message>
    <message>
        <source>Every word is in the dictionary.</source>
        <translation>每个词都在词典中。</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Language of this document</source>
        <translation>本文档的语言</translation>
    </message>
    <message>
        <source>Lists of words</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Looking the words up…</source>
        <translation>正在查词…</translation>
    </message>
    <message>
        <source>My Words</source>
        <translation>我的词</translation>
    </message>
    <message>
        <source>My words</source>
        <translation>我的词</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>不检查</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Spelling</source>
        <translation>拼写</translation>
    </message>
    <message>
        <source>The spelling of this document is not checked.</source>
        <translation>不检查本文档的拼写。</translation>
    </message>
    <message>
        <source>This Document</source>
        <translation>本文档</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>生词</translation>
    </message>
    <message>
        <source>Unknown words</source>
        <translation>生词</translation>
    </message>
    <message>
        <source>Words of this document</source>
        <translation>本文档的词</translation>
    </message>
    <message numerus="yes">
        <source>{0} · %n times</source>
        <translation>
            <numerusform>{0} · %n 次</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpokenTake</name>
    <message>
        <source>Take {0} of {1}</source>
        <translation>第 {0} 稿，共 {1} 稿</translation>
    </message>
    <message numerus="yes">
        <source>The model has written {0} words.</source>
        <translation>
            <numerusform>模型写了 {0} 字。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Context used</source>
        <translation>已用上下文</translation>
    </message>
    <message>
        <source>Downloading: {0}</source>
        <translation>正在下载：{0}</translation>
    </message>
    <message>
        <source>Draft model: {0}</source>
        <translation>草稿模型：{0}</translation>
    </message>
    <message>
        <source>Local service</source>
        <translation>本地服务</translation>
    </message>
    <message>
        <source>Local service on at {0}; requests: {1}</source>
        <translation>本地服务已在 {0} 开启；请求数：{1}</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>没有载入模型</translation>
    </message>
    <message>
        <source>Press to change the server.</source>
        <translation>点击可更改服务器。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Server on this machine: {0}</source>
        <translation>本机服务器：{0}</translation>
    </message>
    <message>
        <source>Show the downloads</source>
        <translation>显示下载</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Stays here</source>
        <translation>留在本机</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>停止（Esc）</translation>
    </message>
    <message>
        <source>Text leaves this machine: {0}</source>
        <translation>文字离开本机：{0}</translation>
    </message>
    <message>
        <source>This document never goes to another machine. Take the mark off with File, Never to Another Machine.</source>
        <translation>这份文档永不发往其他电脑。可用“文件”→“永不发往其他电脑”取消标记。</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>字数</translation>
    </message>
    <message>
        <source>{0} guessed ahead: {1} % of its guesses were kept, {2} times as fast.</source>
        <translation>{0} 提前猜词：保留了 {1} % 的猜测，速度为 {2} 倍。</translation>
    </message>
    <message>
        <source>{0} guessed nothing here.</source>
        <translation>{0} 这次没有猜词。</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{0} of {1} tokens</source>
        <translation>{0} / {1} 词元</translation>
    </message>
    <message>
        <source>{0} tokens/s</source>
        <translation>{0} 词元/秒</translation>
    </message>
    <message numerus="yes">
        <source>{0} words</source>
        <translation>
            <numerusform>{0} 字</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} · {1} in the book</source>
        <translation>{0} · 全书 {1}</translation>
    </message>
</context>
<context>
    <name>Surprise</name>
    <message>
        <source>1 in {0}</source>
        <translation>1/{0}</translation>
    </message>
    <message>
        <source>A little surprising</source>
        <translation>有点意外</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>意料之中</translation>
    </message>
    <message>
        <source>On average the model wavered as if between {0} equally likely ways to go on (its perplexity).</source>
        <translation>平均而言，模型每一步都像在 {0} 种同样可能的写法之间犹豫（即困惑度）。</translation>
    </message>
    <message>
        <source>Surprising</source>
        <translation>意外</translation>
    </message>
    <message>
        <source>Very surprising</source>
        <translation>非常意外</translation>
    </message>
    <message>
        <source>{0} of the scored words are surprising.</source>
        <translation>评过分的词中有 {0} 出乎意料。</translation>
    </message>
</context>
<context>
    <name>SurpriseController</name>
    <message>
        <source>At the cursor: {0}</source>
        <translation>光标处：{0}</translation>
    </message>
    <message>
        <source>The heat view is off.</source>
        <translation>热度视图已关闭。</translation>
    </message>
    <message>
        <source>The heat view is on: what the model would not have expected is underlined.</source>
        <translation>热度视图已打开：模型意料之外的文字带下划线。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>There is nothing to score here.</source>
        <translation>此处没有可评分的文字。</translation>
    </message>
</context>
<context>
    <name>SurpriseLegend</name>
    <message>
        <source>Heat view: {0}</source>
        <translation>热度视图：{0}</translation>
    </message>
    <message>
        <source>Hide the heat view</source>
        <translation>隐藏热度视图</translation>
    </message>
    <message>
        <source>Less likely than</source>
        <translation>概率低于</translation>
    </message>
    <message>
        <source>Let the model read all of this text, in the background</source>
        <translation>让模型在后台读完全部文字</translation>
    </message>
    <message>
        <source>Nothing of this page is scored yet: see what the model would not have expected.</source>
        <translation>本页尚未评分：看看哪些文字出乎模型意料。</translation>
    </message>
    <message>
        <source>Score the Page</source>
        <translation>为本页评分</translation>
    </message>
    <message>
        <source>Score the Whole Text</source>
        <translation>为全文评分</translation>
    </message>
    <message>
        <source>Scoring the text: {0}</source>
        <translation>正在评分：{0}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop scoring; what is scored stays</source>
        <translation>停止评分；已评分的保留</translation>
    </message>
</context>
<context>
    <name>TakeCard</name>
    <message>
        <source> (Space)</source>
        <translation>（空格）</translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n 个词</numerusform>
        </translation>
    </message>
    <message>
        <source>Add the marked sentence of {0} to a mix, or take it out</source>
        <translation>把{0}中标出的句子加入混合稿，或从中取出</translation>
    </message>
    <message>
        <source>Continue {0}</source>
        <translation>续写{0}</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合稿</translation>
    </message>
    <message>
        <source>More for {0}</source>
        <translation>{0}的更多操作</translation>
    </message>
    <message>
        <source>Name of the take</source>
        <translation>候选稿的名称</translation>
    </message>
    <message>
        <source>Name or copy it</source>
        <translation>命名或复制</translation>
    </message>
    <message>
        <source>Name…</source>
        <translation>命名…</translation>
    </message>
    <message>
        <source>On the Page</source>
        <translation>已在页面上</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>选用</translation>
    </message>
    <message>
        <source>Pick {0}</source>
        <translation>选用{0}</translation>
    </message>
    <message>
        <source>Put this take on the page (Enter or {0})</source>
        <translation>把这份候选稿放到页面上（回车键或 {0}）</translation>
    </message>
    <message>
        <source>Put this take on the page and go on from its end (C)</source>
        <translation>把这份候选稿放到页面上，并从其末尾续写（C）</translation>
    </message>
    <message>
        <source>Star {0}</source>
        <translation>给{0}加星标</translation>
    </message>
    <message>
        <source>Take the star off {0}</source>
        <translation>去掉{0}的星标</translation>
    </message>
    <message>
        <source>Take {0}</source>
        <translation>第 {0} 稿</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>on the page</source>
        <translation>在页面上</translation>
    </message>
    <message>
        <source>with a star</source>
        <translation>有星标</translation>
    </message>
</context>
<context>
    <name>TakeSwitch</name>
    <message>
        <source>Take {0} of {1}</source>
        <translation>第 {0} 稿，共 {1} 稿</translation>
    </message>
</context>
<context>
    <name>TakeTray</name>
    <message>
        <source>Below the Page</source>
        <translation>放到页面下方</translation>
    </message>
    <message>
        <source>Beside the Page</source>
        <translation>放到页面旁边</translation>
    </message>
    <message>
        <source>Leave the Takes (Esc)</source>
        <translation>离开候选稿（Esc）</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>Takes side by side</source>
        <translation>并排的候选稿</translation>
    </message>
    <message>
        <source>Two More Takes (+)</source>
        <translation>再写两稿（+）</translation>
    </message>
</context>
<context>
    <name>TakeTree</name>
    <message>
        <source>Takes that go on from another one, or are it written again, stand below it.</source>
        <translation>接着某份候选稿写的，或是把它重写的，都列在它下面。</translation>
    </message>
    <message>
        <source>Tree of the takes</source>
        <translation>候选稿树</translation>
    </message>
    <message>
        <source>goes on from: {0}</source>
        <translation>接着写自：{0}</translation>
    </message>
    <message>
        <source>with a star</source>
        <translation>有星标</translation>
    </message>
    <message>
        <source>written again from: {0}</source>
        <translation>重写自：{0}</translation>
    </message>
</context>
<context>
    <name>TakesController</name>
    <message>
        <source>No takes were written for this text yet.</source>
        <translation>这篇文字还没有写过候选稿。</translation>
    </message>
    <message>
        <source>The place of that take is not in this text. All Takes has the take.</source>
        <translation>那份候选稿所在的位置不在这篇文字里。在“所有候选稿”中可以找到它。</translation>
    </message>
    <message>
        <source>The takes of this place are not in the store any more.</source>
        <translation>此处的候选稿已不在存储中。</translation>
    </message>
</context>
<context>
    <name>TakesDialog</name>
    <message>
        <source>All Takes</source>
        <translation>所有候选稿</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Insert at the Cursor</source>
        <translation>插入到光标处</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>候选稿</translation>
    </message>
    <message>
        <source>The model has written nothing for this manuscript yet.</source>
        <translation>模型还没有为这份稿件写过什么。</translation>
    </message>
    <message>
        <source>The take</source>
        <translation>候选稿内容</translation>
    </message>
</context>
<context>
    <name>TextPreview</name>
    <message>
        <source>About so; the reading program itself chooses typeface and page.</source>
        <translation>大致如此；字体和页面由阅读软件自行决定。</translation>
    </message>
    <message>
        <source>How the text will look; arrow keys scroll</source>
        <translation>文稿将呈现的样子；方向键滚动</translation>
    </message>
    <message>
        <source>Nearly so; the word processor itself breaks lines and pages.</source>
        <translation>基本如此；文字处理软件会自行换行和分页。</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>These are the first pages.</source>
        <translation>这是开头几页。</translation>
    </message>
    <message>
        <source>This is how the file begins.</source>
        <translation>文件的开头如此。</translation>
    </message>
</context>
<context>
    <name>TextsRow</name>
    <message>
        <source>Add a text, \n for a line break</source>
        <translation>添加文字，\n 表示换行</translation>
    </message>
    <message>
        <source>Add {0}</source>
        <translation>添加{0}</translation>
    </message>
</context>
<context>
    <name>TokenController</name>
    <message>
        <source>No token for {0} is kept here any more.</source>
        <translation>这里不再保存 {0} 的令牌。</translation>
    </message>
    <message>
        <source>The keyring did not let go of the token for {0}, so it is still kept and used. Unlock the keyring, then choose Forget Token again.</source>
        <translation>密钥环未能删除 {0} 的令牌，因此它仍被保存和使用。请解锁密钥环，再选择“忘记令牌”。</translation>
    </message>
    <message>
        <source>The token for {0} could not be kept: it holds until Lampblack ends.</source>
        <translation>{0} 的令牌未能保存：只在 Lampblack 退出前有效。</translation>
    </message>
    <message>
        <source>The token is kept in this system’s keyring for {0}.</source>
        <translation>{0} 的令牌保存在本系统的密钥环中。</translation>
    </message>
</context>
<context>
    <name>TokenDialog</name>
    <message>
        <source>&amp;Token</source>
        <translation>令牌(&amp;T)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Forget Token</source>
        <translation>忘记令牌</translation>
    </message>
    <message>
        <source>Forget the token that is kept for this host</source>
        <translation>忘记为这个站点保存的令牌</translation>
    </message>
    <message>
        <source>Go on with the download, with this token</source>
        <translation>用这个令牌继续下载</translation>
    </message>
    <message>
        <source>It is kept in this system’s keyring and is sent to {0} alone, only with a download that asks for it.</source>
        <translation>它保存在本系统的密钥环中，只发给 {0}，且仅在下载需要时发送。</translation>
    </message>
    <message>
        <source>There is no keyring here: it is sent to {0} alone, and forgotten when Lampblack ends.</source>
        <translation>这里没有密钥环：它只发给 {0}，Lampblack 退出时即忘记。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Token for {0}</source>
        <translation>{0} 的令牌</translation>
    </message>
    <message>
        <source>Use Token</source>
        <translation>使用令牌</translation>
    </message>
    <message>
        <source>{0} is given only to people who accepted its makers’ terms.

1. Accept them, signed in, on {1}
2. Make a token that may read on {2}
3. Paste it here.</source>
        <translation>{0} 只提供给接受了作者条款的人。

1. 登录后在 {1} 接受条款
2. 在 {2} 创建一个有读取权限的令牌
3. 粘贴到这里。</translation>
    </message>
</context>
<context>
    <name>TrashController</name>
    <message>
        <source>Delete for Ever</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Delete “{0}” for ever?</source>
        <translation>永久删除“{0}”？</translation>
    </message>
    <message>
        <source>Put It Back</source>
        <translation>放回原处</translation>
    </message>
    <message>
        <source>Restored {0}</source>
        <translation>已恢复 {0}</translation>
    </message>
    <message>
        <source>The document and its versions are gone then. What the model wrote for it stays among the takes, and the backups of the store hold it for some days.</source>
        <translation>文档及其版本将不复存在。模型为它写的内容仍留在候选稿中，存储的备份还会保存它几天。</translation>
    </message>
    <message>
        <source>This text is in no file, so there is none to delete.</source>
        <translation>此文本不在任何文件中，没有可删除的文件。</translation>
    </message>
    <message>
        <source>“{0}” is in the trash, where it stays for 30 days.</source>
        <translation>“{0}”已在回收站中，会保留 30 天。</translation>
    </message>
</context>
<context>
    <name>TrashDialog</name>
    <message>
        <source>Delete for Ever…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>Deleted documents</source>
        <translation>已删除的文档</translation>
    </message>
    <message>
        <source>Deleted documents stay here for 30 days, with their history. Restoring one never writes over another file.</source>
        <translation>已删除的文档连同其历史在此保留 30 天。恢复时绝不会覆盖其他文件。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore As…</source>
        <translation>恢复为…</translation>
    </message>
    <message>
        <source>The trash is empty. What you delete in Lampblack stays here for 30 days, with its history.</source>
        <translation>回收站是空的。在 Lampblack 中删除的内容连同其历史在此保留 30 天。</translation>
    </message>
    <message>
        <source>This is not a text that can be shown; it is restored as it is.</source>
        <translation>这不是可以显示的文本；恢复时保持原样。</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation>其中的内容</translation>
    </message>
    <message>
        <source>deleted {0}</source>
        <translation>删除于 {0}</translation>
    </message>
</context>
<context>
    <name>TrayController</name>
    <message>
        <source>Enter or a number picks, Space adds a sentence to a mix, Esc leaves.</source>
        <translation>按回车键或数字选用，空格把句子加入混合稿，Esc 离开。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>The take is on the clipboard.</source>
        <translation>候选稿已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The text here was changed since: what is picked is put after it.</source>
        <translation>此处的文字后来改过：选用的候选稿会放在它后面。</translation>
    </message>
    <message>
        <source>This text can only be read here.</source>
        <translation>此处只能阅读这篇文字。</translation>
    </message>
    <message>
        <source>Waiting for the model…</source>
        <translation>正在等待模型…</translation>
    </message>
    <message>
        <source>Writing… Esc stops.</source>
        <translation>正在写… 按 Esc 停止。</translation>
    </message>
</context>
<context>
    <name>UnlockForm</name>
    <message>
        <source>&amp;Passphrase</source>
        <translation>口令(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Remember on this computer</source>
        <translation>在这台电脑上记住(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Unlock</source>
        <translation>解锁(&amp;U)</translation>
    </message>
    <message>
        <source>Keep the key in this system’s keyring, so that it is not asked for again</source>
        <translation>把密钥存入本系统的密钥环，以后不再询问</translation>
    </message>
    <message>
        <source>Lampblack is locked</source>
        <translation>Lampblack 已锁定</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>Unlocking…</source>
        <translation>正在解锁…</translation>
    </message>
    <message numerus="yes">
        <source>Wait %n second(s).</source>
        <translation>
            <numerusform>请等待 %n 秒。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Why</name>
    <message>
        <source>(line end)</source>
        <translation>（换行）</translation>
    </message>
    <message>
        <source>(nothing)</source>
        <translation>（无）</translation>
    </message>
    <message>
        <source>(paragraph end)</source>
        <translation>（段落结束）</translation>
    </message>
    <message>
        <source>(part of a letter)</source>
        <translation>（半个字）</translation>
    </message>
    <message>
        <source>(space)</source>
        <translation>（空格）</translation>
    </message>
    <message>
        <source>(tab)</source>
        <translation>（制表符）</translation>
    </message>
    <message>
        <source>(the end)</source>
        <translation>（到此结束）</translation>
    </message>
    <message>
        <source>Here the model would have ended: that is no word to put in.</source>
        <translation>模型会在此处结束：这不是可以换上的词。</translation>
    </message>
    <message>
        <source>This is the first part of a letter that the model writes in several: which letter it would have been is not known.</source>
        <translation>这是模型分几次写出的一个字的开头部分：无法知道它会是哪个字。</translation>
    </message>
    <message>
        <source>What follows fits a little worse than before</source>
        <translation>后文比之前稍显不合</translation>
    </message>
    <message>
        <source>What follows fits as well as before</source>
        <translation>后文与之前一样贴合</translation>
    </message>
    <message>
        <source>What follows fits better than before</source>
        <translation>后文比之前更贴合</translation>
    </message>
    <message>
        <source>What follows fits much worse than before: read it again</source>
        <translation>后文比之前不合得多，请再读一遍</translation>
    </message>
    <message>
        <source>under {0}</source>
        <translation>不到 {0}</translation>
    </message>
    <message>
        <source>{0}, not among the likeliest here</source>
        <translation>{0}，不在此处最可能的词之列</translation>
    </message>
    <message>
        <source>{0}, number {1} of the likeliest here</source>
        <translation>{0}，此处最可能的第 {1} 个</translation>
    </message>
    <message>
        <source>{0}, the likeliest here</source>
        <translation>{0}，此处最可能的词</translation>
    </message>
    <message>
        <source>{0}: on average {1} for each word or part of one, before it was {2}.</source>
        <translation>{0}：平均每个词或词的一部分为 {1}，之前为 {2}。</translation>
    </message>
</context>
<context>
    <name>WhyController</name>
    <message>
        <source>Finish the word that is being typed, then go on.</source>
        <translation>请先完成正在输入的字词，然后继续。</translation>
    </message>
    <message>
        <source>Load a model first: it says what else a word could have been.</source>
        <translation>请先载入模型：它会说明某个词还可能是什么。</translation>
    </message>
    <message>
        <source>Only a model on this machine says how likely its words were: this one is a server’s. Choose another model for this.</source>
        <translation>只有本机上的模型能说明词的可能性，而这个模型在服务器上。请为此选择另一个模型。</translation>
    </message>
    <message>
        <source>Reading what follows: {0} %</source>
        <translation>正在读后文：{0}%</translation>
    </message>
    <message>
        <source>Replaced. Nothing follows that could fit or not.</source>
        <translation>已替换。后面没有文字，无从判断是否贴合。</translation>
    </message>
    <message>
        <source>The model gave no numbers for this word.</source>
        <translation>模型没有给出这个词的数值。</translation>
    </message>
    <message>
        <source>The model is still writing. Esc stops it.</source>
        <translation>模型还在写。按 Esc 停止。</translation>
    </message>
    <message>
        <source>The model’s own probabilities, {0}, before any sampling step.</source>
        <translation>这是模型自身的概率，{0}，尚未经过任何采样步骤。</translation>
    </message>
    <message>
        <source>The text was changed meanwhile: choose the word again.</source>
        <translation>文本在此期间有改动：请重新选择这个词。</translation>
    </message>
    <message>
        <source>There is no word here that the model reads.</source>
        <translation>此处没有模型会读的词。</translation>
    </message>
    <message>
        <source>This model only sorts texts; it writes no words. Choose another model.</source>
        <translation>这个模型只给文字分类，不写文字。请选择另一个模型。</translation>
    </message>
    <message>
        <source>after what it read when it wrote this</source>
        <translation>依据它写下此处时所读的内容</translation>
    </message>
    <message>
        <source>after what it would be given to read here now</source>
        <translation>依据现在在此处会给它读的内容</translation>
    </message>
    <message>
        <source>{0} wrote this; these are those of {1}.</source>
        <translation>此处由 {0} 写成；所示为 {1} 的概率。</translation>
    </message>
</context>
<context>
    <name>WhyDialog</name>
    <message>
        <source>Go On from Here</source>
        <translation>从这里续写</translation>
    </message>
    <message>
        <source>Keep What Follows</source>
        <translation>保留后文</translation>
    </message>
    <message>
        <source>Next word (Right)</source>
        <translation>下一个词（→）</translation>
    </message>
    <message>
        <source>Put the chosen word in, and have the model go on from there (Enter)</source>
        <translation>换上所选的词，让模型从那里续写（Enter）</translation>
    </message>
    <message>
        <source>Put the chosen word in, and say how well what follows still fits (Shift+Enter)</source>
        <translation>换上所选的词，并说明后文是否仍然贴合（Shift+Enter）</translation>
    </message>
    <message>
        <source>The model is reading…</source>
        <translation>模型正在阅读…</translation>
    </message>
    <message>
        <source>The model is reading… {0} %</source>
        <translation>模型正在阅读… {0}%</translation>
    </message>
    <message>
        <source>Why This Word</source>
        <translation>为何是这个词</translation>
    </message>
    <message>
        <source>Word before (Left)</source>
        <translation>上一个词（←）</translation>
    </message>
</context>
<context>
    <name>WordList</name>
    <message>
        <source>What could stand here</source>
        <translation>此处可能写的词</translation>
    </message>
    <message>
        <source>{0}, as it stands</source>
        <translation>{0}，现有的词</translation>
    </message>
</context>
<context>
    <name>Working</name>
    <message>
        <source>Asking it something</source>
        <translation>正在提问</translation>
    </message>
    <message>
        <source>Finding out how to talk to it</source>
        <translation>正在摸索怎样与它对话</translation>
    </message>
    <message>
        <source>Letting it go on with a text</source>
        <translation>正在让它续写</translation>
    </message>
    <message>
        <source>Trying Chinese</source>
        <translation>正在试中文</translation>
    </message>
    <message>
        <source>Trying English</source>
        <translation>正在试英语</translation>
    </message>
    <message>
        <source>Trying French</source>
        <translation>正在试法语</translation>
    </message>
    <message>
        <source>Trying German</source>
        <translation>正在试德语</translation>
    </message>
    <message>
        <source>Trying Russian</source>
        <translation>正在试俄语</translation>
    </message>
    <message>
        <source>Trying Spanish</source>
        <translation>正在试西班牙语</translation>
    </message>
</context>
<context>
    <name>WriteBar</name>
    <message>
        <source>The text goes to {0}.</source>
        <translation>文字会发往 {0}。</translation>
    </message>
</context>
<context>
    <name>_EntriesRow</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add to “{0}”</source>
        <translation>添加到“{0}”</translation>
    </message>
    <message>
        <source>Remove the selected</source>
        <translation>移除所选</translation>
    </message>
    <message>
        <source>Remove the selected from “{0}”</source>
        <translation>从“{0}”移除所选</translation>
    </message>
</context>
</TS>
