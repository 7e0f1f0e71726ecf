// Have svg-term draw casts: node svg_term.mjs FOLDER_OF_PACKAGES CAST …
// Prints the SVG of each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [packages, ...files] = process.argv.slice(2);
const { render } = createRequire(import.meta.url)(`${packages}/svg-term`);

console.log(JSON.stringify(files.map((file) => render(readFileSync(file, 'utf8')))));
