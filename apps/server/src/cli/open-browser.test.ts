import { expect, test } from 'vitest';
import { openerOf } from './open-browser.ts';

const URL = 'http://127.0.0.1:7420/login#hl_x&calc.exe';

test.each([
  ['darwin', {}, 'open'],
  ['win32', {}, 'rundll32.exe'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['freebsd', { BROWSER: 'firefox' }, 'xdg-open'],
] as const)('on %s with %j it is %s, which gets the address as it is', (platform, env, command) => {
  const opener = openerOf(URL, { platform, env });
  expect(opener?.command).toBe(command);
  expect(opener?.args.at(-1)).toBe(URL);
});

test('without a screen there is none', () => {
  expect(openerOf(URL, { platform: 'linux', env: { DISPLAY: '' } })).toBeNull();
});
