/**
 * The scripts that teach a shell to complete `holdfast`. They know nothing of its commands: for each word the shell asks
 * the program itself, so that they never grow old.
 *
 * @module
 */

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

// Also bash 3.2, which macOS has: no mapfile, and compopt may be missing.
const BASH = String.raw`# bash completion for holdfast
_holdfast() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} cur=$2 kind= value before quoted
  # Readline cuts words at : and = too; what stands before the cut is there already.
  before=${'$'}{line##*[[:space:]]}
  before=${'$'}{before%"$cur"}
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    if [[ -z $kind ]]; then
      kind=$value
    elif [[ -n $value ]]; then
      value=${'$'}{value#"$before"}
      if [[ $before != *[\'\"]* && $value == *[!a-zA-Z0-9_./:=@%+,-]* ]]; then
        printf -v quoted %q "$value"
        value=$quoted
      fi
      COMPREPLY+=("$value")
    fi
  done < <("$1" __complete bash -- "$line" 2>/dev/null)
  case $kind in
    :files | :dirs)
      local flag=-f
      [[ $kind == :dirs ]] && flag=-d
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$flag" -- "$cur")
      ;;
    :nospace) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _holdfast holdfast
`;

const ZSH = String.raw`#compdef holdfast
# zsh completion for holdfast
_holdfast() {
  local -a reply candidates
  local kind line value about
  local -a asked=("${'$'}{(@Q)words[2,CURRENT-1]}" "=${'$'}{(Q)PREFIX}")
  (( CURRENT == 2 )) && asked=("=${'$'}{(Q)PREFIX}")
  reply=("${'$'}{(@f)$("${'$'}{(Q)words[1]}" __complete zsh -- "${'$'}{asked[@]}" 2>/dev/null)}")
  kind=${'$'}{reply[1]}
  case $kind in
    :files) _files; return ;;
    :dirs) _files -/; return ;;
  esac
  for line in "${'$'}{(@)reply[2,-1]}"; do
    [[ -z $line ]] && continue
    value=${'$'}{line%%$'\t'*}
    about=${'$'}{line#*$'\t'}
    candidates+=("${'$'}{value//:/\\:}${'$'}{about:+:$about}")
  done
  if [[ $kind == :nospace ]]; then
    _describe -V 'holdfast' candidates -S ''
  else
    _describe -V 'holdfast' candidates
  fi
}
if [[ ${'$'}{funcstack[1]} == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`;

const FISH = String.raw`# fish completion for holdfast
function __holdfast_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l reply ($words[1] __complete fish -- $words[2..-1] "=$last" 2>/dev/null)
    switch "$reply[1]"
        case ':files'
            __fish_complete_path "$last"
        case ':dirs'
            __fish_complete_directories "$last" ''
        case '*'
            test (count $reply) -gt 1; and printf '%s\n' $reply[2..-1]
    end
end
complete -c holdfast -e
complete -c holdfast -f -k -a '(__holdfast_complete)'
`;

const POWERSHELL = String.raw`# PowerShell completion for holdfast
Register-ArgumentCompleter -Native -CommandName holdfast -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object {
      if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
      else { $_.Extent.Text }
    })
  $program = $before[0]
  $words = @($before | Select-Object -Skip 1)
  $reply = @(& $program __complete powershell '--' @words "=$wordToComplete" 2>$null)
  if ($reply.Count -eq 0) { return }
  if ($reply[0] -eq ':files' -or $reply[0] -eq ':dirs') {
    return [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
  }
  $reply | Select-Object -Skip 1 | Where-Object { $_ } | ForEach-Object {
    $value, $about = $_ -split "\t", 2
    if (-not $about) { $about = $value }
    $text = if ($value -match '[\s''"(){};,|&$@#]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
    [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
  }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
