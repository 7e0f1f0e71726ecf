// The parts of Node that the tests of the browser's modules use. The types of all of Node would replace some of the browser's.
declare module 'node:test' {
  export default function test(name: string, body: () => void): void;
}

declare module 'node:assert/strict' {
  const assert: {
    ok(value: unknown, message?: string): void;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(text: string, pattern: RegExp): void;
  };
  export default assert;
}
