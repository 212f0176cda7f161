// node embed_web.mjs DIST OUTPUT: every file below DIST, hidden ones aside, becomes a part of the program, also packed
// by brotli and gzip where that saves something: OUTPUT/web_files.S holds the bytes and
// OUTPUT/web_files.cpp the table of src/app/web_files.h. Files that would not change aren't touched.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const contentTypes = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};
const packedAlready = new Set([".jpg", ".png", ".webp", ".woff", ".woff2"]);
const smallestWorthPacking = 1024;

const [dist, output] = process.argv.slice(2);
const packedFolder = join(output, "web_files");
mkdirSync(packedFolder, { recursive: true });

function filesBelow(folder) {
  const visible = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith("."));
  return visible.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function writeIfChanged(path, content) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return;
  writeFileSync(path, content);
}

const packers = {
  br: (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gz: (bytes) => gzipSync(bytes, { level: 9 }),
};

// Files are kept by the hash of their content, so that packing is done once.
function pack(bytes, hash, kind) {
  const path = join(packedFolder, `${hash}.${kind}`);
  if (!existsSync(path)) writeFileSync(path, packers[kind](bytes));
  return { path, size: statSync(path).size };
}

function describe(file) {
  const path = relative(dist, file);
  const contentType = contentTypes[extname(file)];
  if (!contentType) throw new Error(`${path}: files of this kind have no content type in embed_web.mjs`);
  const bytes = readFileSync(file);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  const raw = join(packedFolder, `${hash}.raw`);
  writeIfChanged(raw, bytes);
  const forms = [{ path: raw, size: bytes.length }];
  for (const kind of ["gz", "br"]) {
    const worth = bytes.length >= smallestWorthPacking && !packedAlready.has(extname(file));
    const packed = worth ? pack(bytes, hash, kind) : null;
    forms.push(packed && packed.size < bytes.length ? packed : null);
  }
  return { path, contentType, hash, forms };
}

// Sorted by bytes, as the program searches them.
const files = filesBelow(dist).map(describe);
files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
if (!files.some((file) => file.path === "index.html")) throw new Error(`${dist} has no index.html`);

let assembly = '.section .note.GNU-stack,"",%progbits\n.section .rodata\n';
let symbols = "";
let rows = "";
for (const [number, { path, contentType, hash, forms }] of files.entries()) {
  const views = forms.map((form, kind) => {
    if (!form) return "{}";
    const symbol = `sluice_web_${number}_${kind}`;
    assembly += `.balign 16\n.global ${symbol}\n.hidden ${symbol}\n${symbol}:\n.incbin ${JSON.stringify(form.path)}\n`;
    symbols += `extern const char ${symbol}[];\n`;
    return `{${symbol}, ${form.size}}`;
  });
  const texts = [path, contentType, hash].map((text) => JSON.stringify(text)).join(", ");
  rows += `    {${texts},\n     ${views.join(", ")}},\n`;
}

writeIfChanged(join(output, "web_files.S"), assembly);
writeIfChanged(
  join(output, "web_files.cpp"),
  `#include "app/web_files.h"

extern "C" {
${symbols}}

namespace sluice {
namespace {

constexpr WebFile kFiles[] = {
${rows}};

}  // namespace

std::span<const WebFile> web_files() { return kFiles; }

}  // namespace sluice
`,
);

const used = new Set(files.flatMap(({ forms }) => forms.flatMap((form) => (form ? [form.path] : []))));
for (const file of filesBelow(packedFolder)) {
  if (!used.has(file)) rmSync(file);
}
