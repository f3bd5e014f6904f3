; A program that stands for Lampblack while its installer is proved: it ends at once, or, started
; with the word `wait`, when the file `stop` appears beside it.
Unicode true
!ifdef TARGET
  Target ${TARGET}
!endif
Name "Lampblack"
OutFile "${OUTPUT}"
RequestExecutionLevel user
SilentInstall silent

!include "FileFunc.nsh"
!include "LogicLib.nsh"

Section
  ${GetParameters} $0
  ${If} $0 == "wait"
    FileOpen $1 "$EXEDIR\started" w
    FileClose $1
    ${DoUntil} ${FileExists} "$EXEDIR\stop"
      Sleep 50
    ${Loop}
    Delete "$EXEDIR\started"
    Delete "$EXEDIR\stop"
  ${EndIf}
SectionEnd
