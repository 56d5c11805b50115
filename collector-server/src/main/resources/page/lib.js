// The two libraries, and the only lines that say where the collector serves them.
export { h, render, Component, createRef } from '/lib/preact/preact.module.js';
export { default as uPlot } from '/lib/uplot/uPlot.esm.js';
