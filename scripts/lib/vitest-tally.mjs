/**
 * A vitest reporter that writes what happened to the file named by HOLDFAST_TALLY, as JSON: the counts,
 * the skipped tests with their reasons, and the errors that belong to no test. Vitest's own JSON report
 * leaves out the reasons and the errors.
 */
import { writeFileSync } from 'node:fs';

/**
 * @typedef {{ passed: number, failed: string[], skipped: { name: string, reason: string }[], errors: string[] }} Tally
 */

export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<{ message: string }>} unhandled errors outside every test
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Tally} */
    const tally = { passed: 0, failed: [], skipped: [], errors: [] };
    for (const module of modules) addModule(tally, module);
    for (const error of unhandled) tally.errors.push(error.message);
    const file = process.env['HOLDFAST_TALLY'];
    if (file === undefined) throw new Error('HOLDFAST_TALLY must name the file to write');
    writeFileSync(file, JSON.stringify(tally));
  }
}

/**
 * @param {Tally} tally
 * @param {import('vitest/node').TestModule} module
 */
function addModule(tally, module) {
  for (const test of module.children.allTests()) {
    const name = `${module.relativeModuleId} > ${test.fullName}`;
    const result = test.result();
    if (result.state === 'passed') tally.passed += 1;
    else if (result.state === 'skipped')
      tally.skipped.push({ name, reason: result.note ?? 'no reason given' });
    else tally.failed.push(name); // `pending`: the run ended before it did
  }
  // A file that does not load, or a hook that fails, is no test, and must not be lost for that.
  for (const error of module.errors())
    tally.errors.push(`${module.relativeModuleId}: ${error.message}`);
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors())
      tally.errors.push(`${module.relativeModuleId} > ${suite.fullName}: ${error.message}`);
  }
}
