// @ts-check
/** JSON indented for reading. Only white space outside of strings changes: numbers and escapes stay as they were recorded. */

// A longer text would hold up the page while it is indented.
const MAX_INDENTED = 300_000;

/**
 * An indented JSON object or list, and a function from each place in the recorded text to its place in the indented one. Null if the
 * text is not JSON, or neither an object nor a list.
 * @param {string} text
 */
export function indented(text) {
  const first = text.trimStart()[0];
  if ((first !== '{' && first !== '[') || text.length > MAX_INDENTED) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const places = new Uint32Array(text.length + 1);
  let written = '';
  let depth = 0;
  let index = 0;
  const line = () => `\n${'  '.repeat(Math.min(depth, 40))}`;
  while (index < text.length) {
    const end = tokenEnd(text, index);
    const token = text.slice(index, end);
    const before = written.length;
    if (token === '{' || token === '[') {
      const close = nextOf(text, end);
      if (text[close] === '}' || text[close] === ']') {
        places.fill(before, index, close);
        written += token;
        places[close] = written.length;
        written += text[close];
        index = close + 1;
        continue;
      }
      depth += 1;
      written += token + line();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      written += line() + token;
    } else if (token === ',') written += token + line();
    else if (token === ':') written += ': ';
    else if (token.trim()) written += token;
    for (let at = index; at < end; at += 1) places[at] = Math.min(written.length, before + at - index);
    index = end;
  }
  places[text.length] = written.length;
  return { text: written, place: (/** @type {number} */ at) => places[Math.min(at, text.length)] };
}

/** The index of the next character that is not white space. @param {string} text @param {number} from */
function nextOf(text, from) {
  let index = from;
  while (index < text.length && !text[index].trim()) index += 1;
  return index;
}

/** The end of a token of valid JSON: a string, one character that structures, white space, or a number or word. @param {string} text @param {number} from */
function tokenEnd(text, from) {
  if (text[from] === '"') {
    let index = from + 1;
    while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
    return index + 1;
  }
  if ('{}[],:'.includes(text[from])) return from + 1;
  const isSpace = !text[from].trim();
  let index = from + 1;
  while (index < text.length && !'{}[],:"'.includes(text[index]) && !text[index].trim() === isSpace) index += 1;
  return index;
}
