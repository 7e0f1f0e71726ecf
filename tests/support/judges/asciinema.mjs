// Have asciinema's own player read casts: node asciinema.mjs FOLDER_OF_PACKAGES CAST …
// Prints for each its duration, its markers, and what it has written at each quarter of its time.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [packages, ...files] = process.argv.slice(2);

// The player without its screen runs as a worker, which talks by messages.
const waiting = new Map();
let onEvent = () => {};
globalThis.onmessage = null;
globalThis.postMessage = (message) => (message.id === undefined ? onEvent(message.params) : waiting.get(message.id)(message));
await import(pathToFileURL(`${packages}/asciinema-player/dist/bundle/asciinema-player-worker.min.js`));

let calls = 0;
function call(method, params) {
  return new Promise((resolve, reject) => {
    const id = calls++;
    waiting.set(id, ({ result, error }) => (error ? reject(new Error(JSON.stringify(error))) : resolve(result)));
    globalThis.onmessage({ data: { id, method, params } });
  });
}

const results = [];
for (const file of files) {
  let written = '';
  let size = null;
  let metadata = {};
  onEvent = ({ name, event }) => {
    if (name === 'output') written += event.join('');
    if (name === 'metadata') metadata = event;
    if (name === 'reset') {
      written = '';
      size = event.size;
    }
  };
  await call('new', [{ driver: 'recording', data: readFileSync(file, 'utf8') }, { speed: 1, preload: true }]);
  for (const name of ['output', 'metadata', 'reset']) await call('addEventListener', [name]);
  const ready = call('init');
  await call('terminalReady');
  await ready;
  const quarters = [];
  for (const percent of [25, 50, 75, 100]) {
    await call('seek', `${percent}%`);
    quarters.push(written);
  }
  results.push({ duration: metadata.duration, markers: metadata.markers, size, quarters });
}
console.log(JSON.stringify(results));
process.exit(0);
