import './htmx.js';
