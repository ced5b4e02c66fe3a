<#
.SYNOPSIS
Tries the built installers on a Windows that may be thrown away: install, smoke, again, remove. Needs an administrator.
Scripted, not yet run: docs/it/windows.md.

.PARAMETER Folder
Where the installers are.
.PARAMETER Log
Where Windows Installer's logs go.
#>
[CmdletBinding()]
param([string] $Folder = 'dist\windows', [string] $Log = 'build\windows-logs')

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
New-Item -ItemType Directory -Force -Path $Log | Out-Null
$installed = Join-Path $env:ProgramFiles 'Greenroom'
$machine = Join-Path $env:ProgramData 'Greenroom'
$app = (Get-ChildItem -Path $Folder -Filter 'greenroom-[0-9]*-x64.msi' | Select-Object -First 1).FullName
$model = (Get-ChildItem -Path $Folder -Filter 'greenroom-model-*.msi' | Select-Object -First 1).FullName
$setup = (Get-ChildItem -Path $Folder -Filter 'greenroom-*-setup.exe' | Select-Object -First 1).FullName

function Assert-That {
    param([string] $What, [bool] $Holds)
    if (-not $Holds) { throw "FAILED: $What" }
    Write-Output "ok: $What"
}

function Invoke-Waiting {
    param([string] $Program, [string[]] $Arguments)
    $process = Start-Process -FilePath $Program -ArgumentList $Arguments -Wait -PassThru
    return $process.ExitCode
}

function Invoke-Msi {
    param([string] $Action, [string] $Package)
    $record = Join-Path $Log ((Split-Path -Leaf $Package) + ($Action -replace '/', '-') + '.log')
    return Invoke-Waiting 'msiexec.exe' @($Action, ('"' + $Package + '"'), '/qn', '/norestart', '/l*v', ('"' + $record + '"'))
}

function Assert-Works {
    $smoke = Join-Path $installed 'greenroom.exe'
    Assert-That 'the app shows its window and does its main job (--smoke)' ((Invoke-Waiting $smoke @('--smoke')) -eq 0)
    $command = (Get-Item 'HKLM:\Software\Classes\greenroom\shell\open\command').GetValue('')
    Assert-That 'greenroom:// is registered' ($command -eq ('"' + $smoke + '" open "%1"'))
    $writers = (Get-Acl -Path $machine).Access | Where-Object {
        $_.AccessControlType -eq 'Allow' -and
        ($_.FileSystemRights -band [System.Security.AccessControl.FileSystemRights]::Write) -and
        $_.IdentityReference.Translate([System.Security.Principal.SecurityIdentifier]).Value -notin @('S-1-5-18', 'S-1-5-32-544')
    }
    Assert-That 'only administrators write to ProgramData\Greenroom' ($null -eq $writers)
}

Get-ChildItem -Path $Folder -Include '*.msi', '*.exe' -Recurse | ForEach-Object {
    Assert-That "$($_.Name) carries a signature" ($null -ne (Get-AuthenticodeSignature -FilePath $_.FullName).SignerCertificate)
}

Assert-That 'MSI installed' ((Invoke-Msi '/i' $app) -eq 0)
Assert-That 'model installed' ((Invoke-Msi '/i' $model) -eq 0)
Assert-Works
Assert-That 'installed again' ((Invoke-Msi '/i' $app) -eq 0)
Assert-That 'setup program refused beside it' ((Invoke-Waiting $setup @('/S')) -eq 1638)
Assert-That 'model removed' ((Invoke-Msi '/x' $model) -eq 0)
Assert-That 'MSI removed' ((Invoke-Msi '/x' $app) -eq 0)
Assert-That 'nothing left of it' (-not (Test-Path $installed))

Assert-That 'setup program installed' ((Invoke-Waiting $setup @('/S')) -eq 0)
Assert-Works
Assert-That 'setup program removed' ((Invoke-Waiting (Join-Path $installed 'uninstall.exe') @('/S', "_?=$installed")) -eq 0)
Remove-Item -Path $installed -Recurse -ErrorAction SilentlyContinue # with _?= the uninstaller waits, and cannot delete itself
Assert-That 'no link handler left' (-not (Test-Path 'HKLM:\Software\Classes\greenroom'))
Assert-That 'ProgramData\Greenroom kept' (Test-Path $machine)
