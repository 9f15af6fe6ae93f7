// Words that differ between two translations.

// A word, or one character of a script without spaces, or one mark; as in scorer/differences.py.
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}_]+)*|[^\s]/gu;
const words = (text) => [...text.matchAll(WORD)].map((m) => [m[0].toLowerCase(), m.index, m.index + m[0].length]);

function differing(left, right) {
  if (left.length + right.length > 20000) return [[], []];
  const [a, b] = [words(left), words(right)];
  if (a.length > MANY_WORDS || b.length > MANY_WORDS) return [[], []];
  const wide = b.length + 1, table = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * wide + j] = a[i][0] === b[j][0] ? table[(i + 1) * wide + j + 1] + 1
        : Math.max(table[(i + 1) * wide + j], table[i * wide + j + 1]);
    }
  }
  const [ours, theirs] = [[], []];
  const add = (spans, word, neighbour) => {
    if (neighbour) spans.at(-1)[1] = word[2]; else spans.push([word[1], word[2]]);
  };
  let [i, j, lastI, lastJ] = [0, 0, -2, -2];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i][0] === b[j][0]) { i++; j++; }
    else if (j >= b.length || (i < a.length && table[(i + 1) * wide + j] >= table[i * wide + j + 1])) { add(ours, a[i], lastI === i - 1); lastI = i++; }
    else { add(theirs, b[j], lastJ === j - 1); lastJ = j++; }
  }
  return [ours, theirs];
}
