/** Programs of the machine that some tests need, and what to say where they are missing. */
import { spawnSync } from 'node:child_process';

/** Program, and the Debian package that brings it. */
const PACKAGES = {
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
  mosquitto: 'mosquitto',
  curl: 'curl',
  strace: 'strace',
  gcc: 'gcc',
  promtool: 'prometheus',
  chromium: 'chromium',
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  script: 'bsdutils',
} as const;

export type Tool = keyof typeof PACKAGES;

const found = new Map<Tool, boolean>();

function hasTool(tool: Tool): boolean {
  let here = found.get(tool);
  if (here === undefined) {
    here = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
    found.set(tool, here);
  }
  return here;
}

/** Why a test that needs these tools cannot run here; null when it can. */
export function missingTools(...tools: readonly Tool[]): string | null {
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length === 0) return null;
  return missing.map((tool) => `no ${tool} here (Debian: ${PACKAGES[tool]})`).join(', ');
}
