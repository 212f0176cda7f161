// `node check_kubernetes.mjs FILE…`: holds each object of these YAML files against the types of its API version, as the
// TypeScript compiler sees them (unknown and missing fields, wrong types, at any depth), and against its schema (formats).
// Prints what is wrong, one line each, and exits 1.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const packages = ["kubernetes-models", "@kubernetes-models/keda", "@kubernetes-models/prometheus-operator"];
// Types of retired versions are still there: only what current clusters serve.
const served = new Set([
  "v1", "apps/v1", "batch/v1", "policy/v1", "autoscaling/v2", "networking.k8s.io/v1", "keda.sh/v1alpha1",
  "monitoring.coreos.com/v1", "rbac.authorization.k8s.io/v1",
]);
let faults = 0;
function fault(text) {
  console.error(text);
  faults += 1;
}

function findModel(apiVersion, kind) {
  for (const name of packages) {
    const module = `${name}/${apiVersion}/${kind}`;
    if (fs.existsSync(path.join(here, "node_modules", name, apiVersion, `${kind}.d.ts`))) return module;
  }
  return null;
}

const objects = [];
for (const file of process.argv.slice(2)) {
  // 1.1, as Kubernetes reads it: `y` is true.
  const documents = parseAllDocuments(fs.readFileSync(file, "utf8"), { uniqueKeys: true, version: "1.1" });
  for (const document of documents) {
    for (const error of document.errors) fault(`${file}: ${error.message}`);
    const object = document.toJS();
    if (!object) continue;
    // Broken into lines, as kustomize writes it and Kubernetes takes it.
    for (const key in object.kind === "Secret" ? object.data : {}) object.data[key] = object.data[key].replace(/\s/g, "");
    const name = `${path.basename(file)} ${object.kind}/${object.metadata?.name}`;
    if (!served.has(object.apiVersion)) fault(`${name}: ${object.apiVersion} is not among the versions that clusters serve`);
    const module = findModel(object.apiVersion, object.kind);
    if (!module) fault(`${name}: no types for ${object.apiVersion} ${object.kind}`);
    else objects.push({ name, module, object, path: path.join(here, `virtual-${objects.length}.ts`) });
  }
}

const sources = new Map(
  objects.map(({ module, object, path: file }) => [
    file,
    `import type { I${object.kind} } from ${JSON.stringify(module)};\n` +
      `export const x: I${object.kind} = ${JSON.stringify(object, null, 1)};\n`,
  ]),
);
const names = new Map(objects.map(({ name, path: file }) => [file, name]));
const options = {
  strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
};
const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (file) => sources.has(file) || fileExists(file);
host.readFile = (file) => sources.get(file) ?? readFile(file);
host.getSourceFile = (file, ...rest) =>
  sources.has(file) ? ts.createSourceFile(file, sources.get(file), ts.ScriptTarget.ES2022) : getSourceFile(file, ...rest);
const program = ts.createProgram([...sources.keys()], options, host);
for (const found of ts.getPreEmitDiagnostics(program)) {
  const where = found.file ? names.get(found.file.fileName) : "";
  const at = found.file ? found.file.text.slice(found.start, found.start + found.length).split("\n")[0] : "";
  const text = ts.flattenDiagnosticMessageText(found.messageText, " ").split("\n")[0].slice(0, 300);
  fault(`${where}: ${text} [at ${at}]`);
}

for (const { name, module, object } of objects) {
  const { [object.kind]: Model } = await import(module);
  try {
    new Model(object).validate();
  } catch (error) {
    fault(`${name}: ${error.message.split("\n")[0].slice(0, 300)}`);
  }
}
console.log(`${objects.length} objects, ${faults} faults`);
process.exit(faults || objects.length === 0 ? 1 : 0);
