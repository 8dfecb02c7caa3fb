# Builds CXR Viewer for Windows: a frozen folder and, where Inno Setup 6 is installed, a per-user installer.
# Usage: powershell -File packaging\windows\build.ps1 [-Python py] [-Build cpu|cuda]
# Written from the documentation of its tools and not yet run on Windows.
param([string]$Python = "python", [ValidateSet("cpu", "cuda")][string]$Build = "cpu")
$ErrorActionPreference = "Stop"
Set-Location (Resolve-Path "$PSScriptRoot\..\..")

function Invoke-Step { param([string]$Program, [string[]]$Arguments)
  & $Program @Arguments
  if ($LASTEXITCODE -ne 0) { throw "$Program $($Arguments -join ' ') failed with $LASTEXITCODE" }
}

if (-not (Test-Path ".venv-package\.complete")) {
  Invoke-Step $Python @("-m", "venv", ".venv-package")
  Invoke-Step ".venv-package\Scripts\python.exe" @("-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements\package.txt")
  New-Item ".venv-package\.complete" -ItemType File | Out-Null
}
$env:PYTHONPATH = "packaging"
$env:CXR_BUILD = $Build
Invoke-Step ".venv-package\Scripts\python.exe" @("-m", "installers.build")

$version = & ".venv-package\Scripts\python.exe" -c "from installers import program; print(program.version())"
$inno = Join-Path ${env:ProgramFiles(x86)} "Inno Setup 6\ISCC.exe"
if (Test-Path $inno) {
  Invoke-Step $inno @("/DVersion=$version", "packaging\windows\cxr_viewer.iss")
} else {
  Compress-Archive -Force -Path "build\package\frozen\cxr-viewer" -DestinationPath "dist\cxr-viewer-$version-windows.zip"
  Write-Output "Inno Setup 6 is not installed; dist holds a zip instead of an installer."
}
