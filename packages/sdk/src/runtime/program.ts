import type { ProgramTable } from '@holdfast/core';
import type { AnySaga } from './definitions.ts';
import { generatorProgram } from './generator-program.ts';

/** The program of a definition: what a bundle's factory returns. */
export function programOf(definition: AnySaga): ProgramTable {
  return generatorProgram(definition);
}
