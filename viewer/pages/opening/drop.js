// @ts-check
/** Passes files and folders that are dropped anywhere on the window to Streamlit's uploader. */

const UPLOADER = '[data-testid="stFileUploader"] input[type="file"]';
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

/** One tar archive of many files. Streamlit uploads files one by one, which takes seconds for hundreds. @param {{path: string, file: File}[]} found */
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

/** @param {DataTransfer} transfer */
async function dropped(transfer) {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const isFolder = entries.some((entry) => entry?.isDirectory);
  if (!isFolder && transfer.files.length <= MANY) return [...transfer.files];
  const plain = [...transfer.files].map((file) => ({ path: file.name, file }));
  const found = isFolder ? (await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat() : plain;
  return [tarOf(found)];
}

/** Streamlit calls this on mount. @param {{setTriggerValue: (name: string, value: boolean) => void}} component */
export default function ({ setTriggerValue }) {
  const over = (/** @type {DragEvent} */ event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = async (/** @type {DragEvent} */ event) => {
    const input = /** @type {HTMLInputElement|null} */ (document.querySelector(UPLOADER));
    const target = /** @type {Element} */ (event.target);
    if (!event.dataTransfer?.types.includes('Files') || !input) return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    // Streamlit's own field handles a few files by itself.
    const isOwn = target.closest?.('[data-testid="stFileUploaderDropzone"]');
    if (isOwn && event.dataTransfer.files.length <= MANY && !entries.some((entry) => entry?.isDirectory)) return;
    event.preventDefault();
    event.stopPropagation();
    const given = new DataTransfer();
    for (const file of await dropped(event.dataTransfer)) given.items.add(file);
    input.files = given.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const changed = () => setTriggerValue('scheme', scheme.matches);
  document.addEventListener('dragover', over, true);
  document.addEventListener('drop', drop, true);
  scheme.addEventListener('change', changed);
  return () => {
    document.removeEventListener('dragover', over, true);
    document.removeEventListener('drop', drop, true);
    scheme.removeEventListener('change', changed);
  };
}
