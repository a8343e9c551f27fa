// What the pages take of plotly.js: its core, which draws lines and points as SVG, bars, and lines and points by WebGL.
// The strict form of scattergl brings its drawing commands as code. The plain one makes them with Function(), which the
// pages' content security policy forbids.

"use strict";

const Plotly = require("plotly.js/lib/core");

Plotly.register([require("plotly.js/lib/bar"), require("plotly.js/src/traces/scattergl/strict")]);

module.exports = Plotly;
