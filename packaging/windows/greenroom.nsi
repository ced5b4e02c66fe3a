; Greenroom as one setup program, per machine, for computers that are looked after one by one: app and language model together.
; build.py calls makensis with the defines below; the list of files is payload.nsh (payload.py).
;   silent   greenroom-…-setup.exe /S [/D=C:\Program Files\Greenroom]     (/D last, without quotation marks)
;   remove   "C:\Program Files\Greenroom\uninstall.exe" /S
; Exit codes: 0 done · 2 aborted · 32 the app runs · 112 no space · 740 no administrator · 1638 a newer version or an MSI is installed ·
; 1150 this Windows is too old · 1603 could not be finished. Why stands in %TEMP%\greenroom-setup.log.

Unicode true
!ifndef TARGET | VERSION | VERSION4 | OUT | PAYLOAD_LIST | ICON | LICENCE | PUBLISHER | HOMEPAGE | SIZE_KB | SIZE_MB
  !error "Built by packaging/windows/build.py, which gives the names that are missing here."
!endif
Target ${TARGET} ; amd64-unicode, or x86-unicode where NSIS comes without 64-bit stubs (its own Windows release)

!include MUI2.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include WordFunc.nsh
!include FileFunc.nsh
!insertmacro VersionCompare

!define KEY "Software\Greenroom"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\GreenroomSetup"
!define LINKS "Software\Classes\greenroom"

Name "Greenroom"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Greenroom"
RequestExecutionLevel admin
SetCompressor /SOLID lzma
ShowInstDetails show
ManifestDPIAware true
BrandingText "Greenroom ${VERSION}"
VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"
VIAddVersionKey /LANG=1033 ProductName "Greenroom"
VIAddVersionKey /LANG=1033 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=1033 FileVersion "${VERSION}"
VIAddVersionKey /LANG=1033 FileDescription "Greenroom setup"
VIAddVersionKey /LANG=1033 CompanyName "${PUBLISHER}"
VIAddVersionKey /LANG=1033 LegalCopyright "${PUBLISHER}, Apache-2.0"

!ifdef SIGNER
  !uninstfinalize '${SIGNER} "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!include "${PAYLOAD_LIST}"

; Say why, in a window or, silently, in a file; end with the exit code.
!macro Refuse code text
  FileOpen $9 "$TEMP\greenroom-setup.log" w
  FileWriteUTF16LE /BOM $9 "${text}$\r$\n"
  FileClose $9
  SetErrorLevel ${code}
  MessageBox MB_OK|MB_ICONSTOP "${text}" /SD IDOK
  Quit
!macroend

!macro RefuseUnlessAdministrator
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    !insertmacro Refuse 740 "This needs an administrator. Nothing was changed."
  ${EndIf}
!macroend

; A program that runs cannot be opened for writing.
!macro RefuseWhileRunning
  ${If} ${FileExists} "$INSTDIR\greenroom.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\greenroom.exe" a
    ${If} ${Errors}
      !insertmacro Refuse 32 "Greenroom is running on this computer. Close it, then start this again. Nothing was changed."
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Function .onInit
  SetShellVarContext all
  SetRegView 64
  !insertmacro RefuseUnlessAdministrator
  ${IfNot} ${AtLeastWin10}
    !insertmacro Refuse 1150 "Greenroom needs 64-bit Windows 10, version 1809, or newer. Nothing was changed."
  ${EndIf}
  ReadRegStr $0 HKLM "${KEY}" "InstalledBy"
  ${If} $0 == "msi"
    !insertmacro Refuse 1638 "Greenroom was installed on this computer as an MSI package. Update it that way, or uninstall it first. Nothing was changed."
  ${EndIf}
  ReadRegStr $1 HKLM "${KEY}" "Version"
  ${If} $1 != ""
    ${VersionCompare} "$1" "${VERSION}" $2
    ${If} $2 == 1
      !insertmacro Refuse 1638 "Greenroom $1 is installed, which is newer than ${VERSION}. To go back, uninstall it first; what people did and wrote is kept. Nothing was changed."
    ${EndIf}
    ReadRegStr $3 HKLM "${KEY}" "Folder"
    ${If} $3 != ""
      StrCpy $INSTDIR $3
    ${EndIf}
  ${EndIf}
  !insertmacro RefuseWhileRunning
  ClearErrors
  ${GetRoot} "$INSTDIR" $0
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${IfNot} ${Errors}
  ${AndIf} $1 < ${SIZE_MB}
    !insertmacro Refuse 112 "Greenroom needs ${SIZE_MB} MB on $0, and $1 MB are free. Nothing was changed."
  ${EndIf}
FunctionEnd

; A disk that fills up, or a file that cannot be replaced: half an app is none.
Function .onInstFailed
  SetOutPath "$TEMP"
  !insertmacro RemovePayload
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  !insertmacro Refuse 1603 "Not all files could be written to $INSTDIR, so none is left there. Free space, check your rights, then start this again."
FunctionEnd

Section "Greenroom"
  ; the version before takes its own files away: only its uninstaller knows which they are
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR' $0
    ${If} $0 != 0
      !insertmacro Refuse 1603 "The version before could not be removed (exit code $0). Uninstall it in Settings, then start this again."
    ${EndIf}
  ${EndIf}

  ClearErrors
  !insertmacro InstallPayload
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    Abort
  ${EndIf}

  ; Where IT puts models for the machine. In ProgramData everybody may write by default: administrators and the system write here,
  ; people read, nothing is inherited. The names are the well-known ones of SYSTEM, Administrators and Users.
  CreateDirectory "$APPDATA\Greenroom"
  CreateDirectory "$APPDATA\Greenroom\models"
  nsExec::ExecToLog '"$SYSDIR\icacls.exe" "$APPDATA\Greenroom" /setowner *S-1-5-32-544 /T /C /Q'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\icacls.exe" "$APPDATA\Greenroom" /reset /T /C /Q'
  Pop $1
  nsExec::ExecToLog '"$SYSDIR\icacls.exe" "$APPDATA\Greenroom" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /Q'
  Pop $2
  ${If} "$0$1$2" != "000"
    !insertmacro Refuse 1603 "The folder $APPDATA\Greenroom could not be kept for administrators (icacls: $0, $1, $2). Look at who owns it, then start this again."
  ${EndIf}

  CreateShortCut "$SMPROGRAMS\Greenroom.lnk" "$INSTDIR\greenroom.exe" "" "$INSTDIR\greenroom.exe" 0 SW_SHOWNORMAL "" "Learn generative AI and practise it safely"
  WriteRegStr HKLM "${LINKS}" "" "URL:Greenroom"
  WriteRegStr HKLM "${LINKS}" "URL Protocol" ""
  WriteRegStr HKLM "${LINKS}\DefaultIcon" "" '"$INSTDIR\greenroom.exe",0'
  WriteRegStr HKLM "${LINKS}\shell\open\command" "" '"$INSTDIR\greenroom.exe" open "%1"'
  WriteRegStr HKLM "${KEY}" "InstalledBy" "setup"
  WriteRegStr HKLM "${KEY}" "Version" "${VERSION}"
  WriteRegStr HKLM "${KEY}" "Folder" "$INSTDIR"

  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "Greenroom"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\greenroom.exe"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "URLInfoAbout" "${HOMEPAGE}"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  SetErrorLevel 0
SectionEnd

Function un.onInit
  SetShellVarContext all
  SetRegView 64
  !insertmacro RefuseUnlessAdministrator
  !insertmacro RefuseWhileRunning
FunctionEnd

; Takes away what was installed and nothing else: people's profiles, ProgramData\Greenroom and policies stay.
Section "Uninstall"
  SetOutPath "$TEMP"
  !insertmacro RemovePayload
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Greenroom.lnk"
  DeleteRegKey HKLM "${LINKS}"
  DeleteRegKey HKLM "${UNINSTALL}"
  DeleteRegValue HKLM "${KEY}" "InstalledBy"
  DeleteRegValue HKLM "${KEY}" "Version"
  DeleteRegValue HKLM "${KEY}" "Folder"
  DeleteRegKey /ifempty HKLM "${KEY}"
  SetErrorLevel 0
SectionEnd
