// @ts-check
/** Packs many files into one archive, since Streamlit uploads files one by one, which takes seconds for hundreds. */

const MANY = 20;
const BLOCK = 512;

/**
 * The header of one file in a tar archive (POSIX ustar), with its path split over the two fields for it.
 * @param {string} path @param {number} size
 */
export function tarHead(path, size) {
  const head = new Uint8Array(BLOCK);
  const bytes = new TextEncoder().encode(path);
  let split = bytes.length > 100 ? bytes.indexOf(47, bytes.length - 101) : -1;
  if (split > 155) split = -1;
  const write = (/** @type {number} */ at, /** @type {Uint8Array|string} */ value) =>
    head.set(typeof value === 'string' ? new TextEncoder().encode(value) : value, at);
  write(0, bytes.slice(split + 1).slice(0, 100));
  if (split > 0) write(345, bytes.slice(0, split));
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  write(124, `${size.toString(8).padStart(11, '0')}\0`);
  write(136, '00000000000\0');
  write(148, '        ');
  write(156, '0');
  write(257, 'ustar\x0000');
  write(148, `${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  return head;
}

/** One tar archive of many files. @param {{path: string, file: File}[]} found */
export function tarOf(found) {
  const parts = found.flatMap(({ path, file }) =>
    [tarHead(path, file.size), file, new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK)]);
  return new File([...parts, new Uint8Array(2 * BLOCK)], 'dropped.tar', { type: 'application/x-tar' });
}

/** @param {FileSystemEntry} entry @returns {entry is FileSystemFileEntry} */
const isFile = (entry) => entry.isFile;

/** @param {FileSystemEntry} entry @param {string} above @returns {Promise<{path: string, file: File}[]>} */
async function filesOf(entry, above) {
  const path = above + entry.name;
  if (isFile(entry)) return [{ path, file: await new Promise((done, fail) => entry.file(done, fail)) }];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  // A reader returns entries in portions; an empty one is the last.
  for (;;) {
    const portion = /** @type {FileSystemEntry[]} */ (await new Promise((done, fail) => reader.readEntries(done, fail)));
    if (!portion.length) return found;
    for (const one of portion) found.push(...await filesOf(one, `${path}/`));
  }
}

/** The files of a drop, those in folders included, as a few files to upload. @param {DataTransfer} transfer @returns {Promise<File[]>} */
export async function filesIn(transfer) {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const hasFolder = entries.some((entry) => entry.isDirectory);
  // The entries must be asked for before the event ends, and are read after it.
  if (!hasFolder) return packed([...transfer.files].map((file) => ({ path: file.name, file })));
  return packed((await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat(), true);
}

/** Few files as they are, and many, or those of a folder, as one archive. @param {{path: string, file: File}[]} found @param {boolean} keepPaths */
export function packed(found, keepPaths = false) {
  return found.length && (keepPaths || found.length > MANY) ? [tarOf(found)] : found.map(({ file }) => file);
}
