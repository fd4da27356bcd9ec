@rem The scripts of package.json say `exec node ...`, so that on Unix no shell stands between npm and the
@rem program: signals reach it, and its exit code is npm's. This file gives cmd.exe the same word.
@%*
