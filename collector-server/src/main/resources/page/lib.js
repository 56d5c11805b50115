// The two libraries, and the only lines that say where the collector serves them.
export { h, render, Component, createRef } from '/lib/preact.js';
export { default as uPlot } from '/lib/uplot.js';
