<#
.SYNOPSIS
Signs one file with a certificate made for this machine's current user and two days. For trying only: nobody trusts it.
Scripted, not yet run: docs/it/windows.md.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $File)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$subject = 'CN=Greenroom THROWAWAY test signer'
$certificate = Get-ChildItem -Path 'Cert:\CurrentUser\My' -CodeSigningCert |
    Where-Object { $_.Subject -eq $subject -and $_.NotAfter -gt (Get-Date) } |
    Select-Object -First 1
if ($null -eq $certificate) {
    $certificate = New-SelfSignedCertificate -Type CodeSigningCert -Subject $subject `
        -CertStoreLocation 'Cert:\CurrentUser\My' -NotAfter (Get-Date).AddDays(2)
}
$signed = Set-AuthenticodeSignature -FilePath $File -Certificate $certificate -HashAlgorithm SHA256
if ($null -eq $signed.SignerCertificate) {
    throw "$File could not be signed: $($signed.StatusMessage)"
}
