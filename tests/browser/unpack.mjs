// node unpack.mjs <destination>: decompresses the Chromium published on npm and the libraries it needs.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { fileURLToPath } from 'node:url';

const destination = process.argv[2];
const packed = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules/@sparticuz/chromium/bin');
const parts = { 'chromium.br': 'chromium', 'al2023.tar.br': 'libs.tar', 'swiftshader.tar.br': 'gl.tar' };

fs.mkdirSync(destination, { recursive: true });
for (const [from, to] of Object.entries(parts)) {
  const bytes = zlib.brotliDecompressSync(fs.readFileSync(path.join(packed, from)));
  fs.writeFileSync(path.join(destination, to), bytes);
}
fs.chmodSync(path.join(destination, 'chromium'), 0o755);
