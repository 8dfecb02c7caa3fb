; Inno Setup 6: installs for one user without administrator rights. Called by build.ps1, which defines Version.
#ifndef Version
  #error Version is not defined; build by packaging\windows\build.ps1
#endif

[Setup]
AppId={{6E0C1B0E-6B0C-4C1B-9B6E-5B3D8E0B7A51}
AppName=CXR Viewer
AppVersion={#Version}
AppPublisher=CXR Viewer developers
AppComments=Research use only, not a medical device
DefaultDirName={autopf}\CXR Viewer
DefaultGroupName=CXR Viewer
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
ChangesEnvironment=yes
OutputDir=..\..\dist
OutputBaseFilename=cxr-viewer-{#Version}-setup
SetupIconFile=..\..\build\package\work\cxr_viewer\icons\cxr-viewer.ico
UninstallDisplayIcon={app}\cxr-viewer.exe
LicenseFile=..\..\LICENSE
Compression=lzma2
SolidCompression=yes

[Files]
Source: "..\..\build\package\frozen\cxr-viewer\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\CXR Viewer"; Filename: "{app}\cxr-viewer.exe"

[Tasks]
Name: path; Description: "Add the commands (cxr-scan and others) to PATH"; Flags: unchecked

[Registry]
Root: HKA; Subkey: "Software\Classes\.dcm\OpenWithProgids"; ValueType: string; ValueName: "CXRViewer.dicom"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\CXRViewer.dicom"; ValueType: string; ValueData: "DICOM image"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\CXRViewer.dicom\DefaultIcon"; ValueType: string; ValueData: "{app}\cxr-viewer.exe,0"
Root: HKA; Subkey: "Software\Classes\CXRViewer.dicom\shell\open\command"; ValueType: string; ValueData: """{app}\cxr-viewer.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Directory\shell\CXRViewer"; ValueType: string; ValueData: "Open in CXR Viewer"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\CXRViewer\command"; ValueType: string; ValueData: """{app}\cxr-viewer.exe"" ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NotInPath

[Code]
function NotInPath: Boolean;
var Path: string;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var Path: string; Place: Integer;
begin
  if (Step = usPostUninstall) and RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then begin
    Place := Pos(';' + Uppercase(ExpandConstant('{app}')), Uppercase(Path));
    if Place > 0 then begin
      Delete(Path, Place, Length(ExpandConstant(';{app}')));
      RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
    end;
  end;
end;
