import { hash } from 'node:crypto';
import { expect, test } from 'vitest';

import { allMigrations } from './all-migrations.ts';

/** SHA-256 of each migration's text, in order. A new migration adds its own; the others stay (ADR 3). */
const CHECKSUMS = [
  'c9003b2de85ac961f0dd74d03a420c2bd844991d574778c17b175bc57c3170b8',
  '07dfe7d0bc3df22dd643e8896aa168f4387e7a5d68a262059055899a6615bb07',
  'c3473034ebfe33b2f18bbf3ce38de23a650354aa049956e7e8a632c9cefbbb6e',
  '5381abfe3d64afff3d36999e7bdddec16573c9b027d25d84a6b1476b2b2ef94e',
  'fb90818a06f35e87db3a60f4a285121cc6ff17851a8dd58f16154ff988f5e272',
  'c37493e67cae7f81f8d2381105c9a7703c0b474857005db5ec2d55099ea3e405',
  '32a58de0962160dc1e9f925fc9fc56458bdd190e5771c07547731808bd22f5c2',
  '13999dce83d1e46fb7fa6dd4ae1c1eeed32d3e4bfff0c4382ac4e865aa7ca026',
  '8535bc2b17dd1a2e93860064b4ec1ee0e4ecce6e343ec629e3438f1fa1b12c4a',
  'dded0596b42ce9deede1e3159a23d15b047b8aa3794aa66aed1444eeefdd3bd1',
  'ba70c6cdf4cee0d641011bd9881fcdfde3dd4548d13f333e92ab23a774e7ca03',
];

test.each(allMigrations.map((migration) => [migration.name, migration] as const))(
  'migration %s is the text that databases were made with',
  (_name, { version, sql }) => {
    expect(
      hash('sha256', sql),
      `migration ${version} was edited: every database made with its old text would be refused. Undo the edit and add ` +
        'a migration instead. Only for one that no release has shipped, put the new checksum here.',
    ).toBe(CHECKSUMS[version - 1]);
  },
);
