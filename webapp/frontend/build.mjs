// node build.mjs <destination>: bundles the pages' scripts and styles under names that carry a hash of their content,
// and writes manifest.json, which the templates read to find them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const source = path.dirname(fileURLToPath(import.meta.url));
const destination = process.argv[2];

const result = await esbuild.build({
  entryPoints: ['app.js', 'app.css', 'diagram.css'].map((name) => path.join(source, name)),
  outdir: destination,
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[name]-[hash]',
  assetNames: 'asset-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: ['chrome100', 'firefox100', 'safari15'],
  loader: { '.woff': 'file', '.woff2': 'file', '.svg': 'file' },
  charset: 'utf8',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
});

const manifest = {};
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[path.basename(output.entryPoint)] = path.basename(file);
}
fs.writeFileSync(path.join(destination, 'manifest.json'), JSON.stringify(manifest, null, 1));
