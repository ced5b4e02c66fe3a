; A stand-in for the frozen app's programs: a real 64-bit Windows program that writes down its version and what it was started
; with, so that a check under Wine sees which version an upgrade, a shortcut or a greenroom:// link runs.
Unicode true
Target amd64-unicode
Name "Greenroom stand-in"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
SetCompressor zlib
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=1033 ProductName "Greenroom stand-in"
VIAddVersionKey /LANG=1033 FileVersion "${VERSION}"
VIAddVersionKey /LANG=1033 FileDescription "Greenroom stand-in ${NAME}"
VIAddVersionKey /LANG=1033 LegalCopyright "Greenroom maintainers"
!include FileFunc.nsh
!include LogicLib.nsh
Section
  ${GetParameters} $0
  FileOpen $1 "$APPDATA\greenroom-standin.txt" w
  FileWrite $1 "${NAME} ${VERSION} $0"
  FileClose $1
  ${If} $0 == "wait"
    Sleep 6000
  ${EndIf}
SectionEnd
