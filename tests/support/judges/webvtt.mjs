// Have the W3C's parser and validator read transcripts: node webvtt.mjs FOLDER_OF_PACKAGES TRANSCRIPT …
// Prints for each what is wrong with it, and its cues with their voices and text, escapes undone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [packages, ...files] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { WebVTTParser } = require(`${packages}/webvtt-parser/parser.js`);
const entities = require(`${packages}/webvtt-parser/html-entities.json`);

function texts(node) {
  if (node.type === 'text') return node.value;
  return (node.children ?? []).map(texts).join('');
}

const results = files.map((file) => {
  const { cues, errors } = new WebVTTParser(entities).parse(readFileSync(file, 'utf8'), 'subtitles');
  return {
    errors: errors.map(({ message, line }) => `${line}: ${message}`),
    cues: cues.map(({ startTime, endTime, tree }) => ({
      begin: startTime,
      end: endTime,
      voices: tree.children.filter(({ type }) => type === 'object').map(({ name, value }) => `${name} ${value}`),
      text: texts(tree),
    })),
  };
});
console.log(JSON.stringify(results));
