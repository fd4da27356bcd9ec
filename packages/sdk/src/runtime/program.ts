import type { ProgramTable } from '@holdfast/core';
import type { AnySaga } from './definitions.ts';
import { generatorProgram } from './generator-program.ts';
import type { AnyReducer } from './reducer-definition.ts';
import { reducerProgram } from './reducer-program.ts';

/** The program of a definition: what a bundle's factory returns. */
export function programOf(definition: AnySaga | AnyReducer): ProgramTable {
  return definition.kind === 'saga' ? generatorProgram(definition) : reducerProgram(definition);
}
