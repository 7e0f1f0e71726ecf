// @ts-check
// Where the links of the bar lead, and what becomes of dropped files, tested without a page.
import assert from 'node:assert/strict';
import test from 'node:test';

import { refusal } from '../../../viewer/pages/opening/open.js';
import { PASTED_NAME, invitation, textFile } from '../../../viewer/pages/opening/overlay.js';
import { packed, tarOf } from '../../../viewer/pages/opening/packing.js';
import { addressOf, pageAt, queryFor } from '../../../viewer/pages/opening/places.js';
import { addressOfKey } from '../../../viewer/pages/opening/recording_link.js';
import { storageOf } from '../../../viewer/pages/opening/storage.js';
import { rememberRecording, visitTo } from '../../../viewer/pages/opening/visits.js';

/** @param {string} path */
const at = (path) => new URL(path, 'http://localhost:8501');
/** @param {Parameters<typeof queryFor>[0]} page @param {string} path */
const query = (page, path, left = '') => new URLSearchParams(queryFor(page, at(path), left)).toString();

test('a page is known by its path, below any base', () => {
  assert.deepEqual(['/', '/library', '/tools/compare/', '/tools/'].map(pageAt), ['recording', 'library', 'compare', 'recording']);
});

test('the library and the comparison keep which recording is open', () => {
  assert.equal(query('library', '/?file=a&name=n&stream=2&tab=HTTP&t=1'), 'file=a&name=n&stream=2');
  assert.equal(query('compare', '/?file=a&stream=2&t=1'), 'file=a&stream=2&a=a&a_stream=2');
  assert.equal(query('compare', '/?file=a'), 'file=a&a=a');
  assert.equal(query('compare', '/'), '');
});

test('the link back leads to the tab, the event and the moment that were left', () => {
  assert.equal(query('recording', '/library?file=a&stream=2', '?file=a&stream=2&tab=HTTP&event=7&t=1'), 'file=a&stream=2&tab=HTTP&event=7&t=1');
  assert.equal(query('recording', '/library', '?file=a&t=1'), 'file=a&t=1');
});

test('what was left of one recording does not apply to another', () => {
  assert.equal(query('recording', '/library?file=b', '?file=a&t=1'), 'file=b');
  assert.equal(query('recording', '/library?file=a&stream=1', '?file=a&stream=2&t=1'), 'file=a&stream=1');
});

test('links work where the browser refuses storage, as in the frame of another site', () => {
  const refused = { get: () => { throw new DOMException('Access is denied', 'SecurityError'); } };
  const browser = Object.defineProperties({}, { sessionStorage: refused, localStorage: refused });
  Object.assign(globalThis, { window: browser, location: at('/?file=a&t=1') });
  assert.deepEqual([storageOf('sessionStorage'), storageOf('localStorage')], [null, null]);
  rememberRecording();
  assert.deepEqual(visitTo('library'), { page: 'library', query: queryFor('library', at('/?file=a&t=1'), '') });
});

test('a link to the open page changes nothing', () => {
  assert.equal(query('compare', '/compare?a=x&b=y&file=x'), 'a=x&b=y&file=x');
  assert.equal(query('recording', '/?file=a&t=1', '?file=a&t=0'), 'file=a&t=1');
});

test('addresses are relative to the base of the page', () => {
  assert.equal(addressOf({ page: 'recording', query: [] }), './');
  assert.equal(addressOf({ page: 'library', query: [['q', 'a&b']] }), 'library?q=a%26b');
  assert.equal(addressOfKey('sample/a b'), './?file=sample%2Fa+b');
  assert.equal(addressOfKey(''), 'library');
});

test('the overlay says how many files a drop opens, if the browser tells', () => {
  assert.deepEqual([0, 1, 12].map(invitation), ['Drop to open', 'Drop to open', 'Drop to open 12 files']);
});

test('few files are sent as they are, and many, or those of a folder, as one archive', () => {
  const found = Array.from({ length: 21 }, (_, index) => ({ path: `${index}.sse`, file: new File(['x'], `${index}.sse`) }));
  assert.deepEqual(packed(found.slice(1)).map((file) => file.name), found.slice(1).map(({ path }) => path));
  assert.deepEqual(packed(found).map((file) => file.name), ['dropped.tar']);
  assert.deepEqual(packed(found.slice(0, 1), true).map((file) => file.name), ['dropped.tar']);
  assert.deepEqual(packed([], true), []);
  assert.equal(tarOf(found).size % 512, 0);
});

test('files that are too large, and folders without files, are refused before they are sent', () => {
  assert.equal(refusal([new File(['xx'], 'big.har')], 1), 'big.har is larger than the 0 MB that this server takes at once.');
  assert.equal(refusal([new File(['x'], 'a')], 1), '');
  assert.match(refusal([], 1), /no files/);
});

test('pasted text is a file like any other', async () => {
  assert.equal(textFile('data: 1').name, PASTED_NAME);
  assert.equal(await textFile('data: é').text(), 'data: é');
});
