; Lampblack's installer for Windows: for one user, without an administrator's rights.
;
; Given by bundle/windows.py: VERSION, NUMBERS (four of them), KILOBYTES, LISTS (a script with the
; macros InstallFiles and un.RemoveFiles), OUTPUT, and where they are wanted ICON, TARGET and SIGN.
;
; Only what was installed is ever removed, file by file: the folder may be one of the user's own,
; and texts, models and settings lie elsewhere.

Unicode true
!ifdef TARGET
  Target ${TARGET}
!endif

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"
!include "${LISTS}"

!define NAME "Lampblack"
!define PROGRAM "lampblack.exe"
!define CONSOLE "lampblack-cli.exe"
!define UNINSTALLER "uninstall.exe"
!define OWN_KEY "Software\Lampblack"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lampblack"
!define CLASSES "Software\Classes"
!define OPEN_WITH "${CLASSES}\Applications\${PROGRAM}"
!define SHCNE_ASSOCCHANGED 0x08000000

Name "${NAME}"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
SetCompressor /SOLID lzma
SetDateSave on
AllowSkipFiles off
ManifestDPIAware true
ManifestSupportedOS Win10
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=0 "CompanyName" "The Lampblack authors"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT"

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
!endif
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString TooOld ${LANG_ENGLISH} "Lampblack needs a 64-bit Windows 10 or newer, and this system is none. Nothing was installed."
LangString TooOld ${LANG_SIMPCHINESE} "Lampblack 需要 64 位的 Windows 10 或更新版本，而本机不符合要求。未安装任何内容。"
LangString IsRunning ${LANG_ENGLISH} "Lampblack is running. Save your text, close its windows, and try again."
LangString IsRunning ${LANG_SIMPCHINESE} "Lampblack 正在运行。请保存您的文字，关闭它的窗口，然后重试。"
LangString OldStays ${LANG_ENGLISH} "The older version could not be removed. Close the programs that use its folder, and try again."
LangString OldStays ${LANG_SIMPCHINESE} "无法移除旧版本。请关闭正在使用其文件夹的程序，然后重试。"
LangString Comment ${LANG_ENGLISH} "Write with a language model that never leaves your machine"
LangString Comment ${LANG_SIMPCHINESE} "与一个从不离开本机的语言模型一起写作"
LangString TextKind ${LANG_ENGLISH} "Text"
LangString TextKind ${LANG_SIMPCHINESE} "文本"
LangString ModelKind ${LANG_ENGLISH} "GGUF language model"
LangString ModelKind ${LANG_SIMPCHINESE} "GGUF 语言模型"

; Ends with code 2 unless nothing in the folder $1 runs: a program that runs cannot be written to.
!macro DefineRequireClosed prefix
  Function ${prefix}RequireClosed
    Push "$1\${PROGRAM}"
    Call ${prefix}RequireOneClosed
    Push "$1\${CONSOLE}"
    Call ${prefix}RequireOneClosed
  FunctionEnd

  Function ${prefix}RequireOneClosed
    Pop $3
    ${IfNot} ${FileExists} "$3"
      Return
    ${EndIf}
    again:
    ClearErrors
    FileOpen $4 "$3" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IsRunning)" /SD IDCANCEL IDRETRY again
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $4
  FunctionEnd
!macroend
!insertmacro DefineRequireClosed ""
!insertmacro DefineRequireClosed "un."

Function .onInit
  SetShellVarContext current
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(TooOld)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Function un.onInit
  SetShellVarContext current
FunctionEnd

!macro OpensFiles extension kind
  WriteRegStr HKCU "${CLASSES}\${extension}\OpenWithProgids" "${kind}" ""
  WriteRegStr HKCU "${OPEN_WITH}\SupportedTypes" "${extension}" ""
  WriteRegStr HKCU "${OWN_KEY}\Capabilities\FileAssociations" "${extension}" "${kind}"
!macroend

!macro un.OpensFiles extension kind
  DeleteRegValue HKCU "${CLASSES}\${extension}\OpenWithProgids" "${kind}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${extension}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${extension}"
!macroend

!macro DefineKind kind title
  WriteRegStr HKCU "${CLASSES}\${kind}" "" "${title}"
  WriteRegStr HKCU "${CLASSES}\${kind}\DefaultIcon" "" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\${kind}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" open "%1"'
!macroend

Section "Lampblack"
  SetShellVarContext current
  StrCpy $1 "$INSTDIR"
  Call RequireClosed

  ; Another version: its own uninstaller knows its files.
  ReadRegStr $1 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $1 != ""
  ${AndIf} ${FileExists} "$1\${UNINSTALLER}"
    Call RequireClosed
    ClearErrors
    ExecWait '"$1\${UNINSTALLER}" /S _?=$1' $2
    ${If} ${Errors}
    ${OrIf} $2 != 0
      MessageBox MB_OK|MB_ICONSTOP "$(OldStays)" /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    Delete "$1\${UNINSTALLER}"
    RMDir "$1"
  ${EndIf}

  !insertmacro InstallFiles
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\${UNINSTALLER}"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}" "" "" "" "" "" "$(Comment)"

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The Lampblack authors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1

  ; Offered under Open With and in the system's settings, and no file's own program by itself.
  !insertmacro DefineKind "Lampblack.Text" "$(TextKind)"
  !insertmacro DefineKind "Lampblack.Model" "$(ModelKind)"
  WriteRegStr HKCU "${OPEN_WITH}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${OPEN_WITH}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" open "%1"'
  WriteRegStr HKCU "${OWN_KEY}\Capabilities" "ApplicationName" "${NAME}"
  WriteRegStr HKCU "${OWN_KEY}\Capabilities" "ApplicationDescription" "$(Comment)"
  WriteRegStr HKCU "Software\RegisteredApplications" "${NAME}" "${OWN_KEY}\Capabilities"
  !insertmacro OpensFiles ".md" "Lampblack.Text"
  !insertmacro OpensFiles ".txt" "Lampblack.Text"
  !insertmacro OpensFiles ".gguf" "Lampblack.Model"
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  SetShellVarContext current
  StrCpy $1 "$INSTDIR"
  Call un.RequireClosed
  SetOutPath "$TEMP"  ; a folder that a program works in cannot be removed

  !insertmacro un.RemoveFiles
  Delete "$INSTDIR\${UNINSTALLER}"
  RMDir "$INSTDIR"
  RMDir "$LOCALAPPDATA\Programs"  ; only if nothing else is in it
  Delete "$SMPROGRAMS\${NAME}.lnk"

  !insertmacro un.OpensFiles ".md" "Lampblack.Text"
  !insertmacro un.OpensFiles ".txt" "Lampblack.Text"
  !insertmacro un.OpensFiles ".gguf" "Lampblack.Model"
  DeleteRegKey HKCU "${CLASSES}\Lampblack.Text"
  DeleteRegKey HKCU "${CLASSES}\Lampblack.Model"
  DeleteRegKey HKCU "${OPEN_WITH}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${NAME}"
  DeleteRegKey HKCU "${OWN_KEY}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
SectionEnd
