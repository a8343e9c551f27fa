// How values and names are written.

import assert from "node:assert/strict";
import test from "node:test";

import {
  isMissing, onOneLine, ordinal, plotText, plural, shorten, showCount, showNumber, showPlace, showProbability, showSigned,
  showThreshold, splitOptions,
} from "../../grnet/explorer/page/text.js";

test("what is missing is a dash", () => {
  assert.deepEqual([null, undefined, NaN, 0, "", false].map(isMissing), [true, true, true, false, false, false]);
  assert.deepEqual([showNumber(null), showNumber(NaN), showSigned(undefined), showPlace(null)], ["–", "–", "–", "–"]);
});

test("numbers have fixed digits, signs and commas", () => {
  assert.equal(showNumber(1.23456), "1.235");
  assert.equal(showNumber(2, 0), "2");
  assert.deepEqual([0.5, -0.5, 0].map((value) => showSigned(value)), ["+0.50", "−0.50", "0.00"]);
  assert.equal(showCount(1234567), "1,234,567");
  assert.deepEqual([plural(1, "edge", "edges"), plural(0, "edge", "edges"), plural(2000, "edge", "edges")], ["1 edge", "0 edges", "2,000 edges"]);
});

test("a probability is never rounded to 0 or 1", () => {
  assert.deepEqual([0.99951, 0.9994, 0.5, 0.0006, 0.0004].map(showProbability), ["> 0.999", "0.999", "0.500", "0.001", "< 0.001"]);
});

test("a threshold is never shown above what it is", () => {
  assert.deepEqual([0.8, 0.87654, 0.9995, 0.99951, 0.9999999].map(showThreshold), ["0.800", "0.876", "0.999", "0.999510", "0.999999"]);
});

test("ordinals", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1003].map(ordinal),
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th", "1,003rd"]);
  assert.equal(showPlace([2, 1500]), "2nd of 1,500");
});

test("names stay on one line, are cut between characters, and are no tags to plotly", () => {
  assert.equal(onOneLine("a\r\n\tb\u2028c\u0085d"), "a b c d");
  assert.equal(shorten("x".repeat(24)), "x".repeat(24));
  assert.equal(shorten("🧬".repeat(30)), `${"🧬".repeat(23)}…`);
  assert.equal(plotText("<b>&\n</b>"), "&lt;b&gt;&amp; &lt;/b&gt;");
});

test("options in a text stand at odd places", () => {
  assert.deepEqual(splitOptions("add --top 5, or --with-known"), ["add ", "--top", " 5, or ", "--with-known", ""]);
});
