// `node make_schema.mjs OUTPUT FILE.tf…`: the schema of Terraform's AWS provider, for the resources and data sources of
// these files, rebuilt from a package that was generated from it: its sources are in the package's source maps, and say
// for each attribute what it is and whether it is computed, optional or required.
import fs from "node:fs";
import path from "node:path";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const library = path.join(here, "node_modules/@cdktn/provider-aws/lib");
const primitives = { string: "string", number: "number", boolean: "bool" };

function sourceOf(folder) {
  const text = fs.readFileSync(path.join(library, folder, "index.js"), "utf8");
  const map = text.slice(text.indexOf("base64,", text.lastIndexOf("sourceMappingURL=")) + 7).trim();
  return JSON.parse(Buffer.from(map, "base64").toString()).sourcesContent[0].replaceAll("cdktn.", "cdktf.");
}

function parse(text) {
  const classes = {}; // name → {base, body}
  for (const found of text.matchAll(/^export class (\w+) extends cdktf\.(\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    classes[found[1]] = { base: found[2], body: found[3] };
  }
  const shapes = {}; // class in lower case → attribute → {isBlock, type, storage}
  const grab = (code) =>
    Object.fromEntries(
      [...code.matchAll(/^ {4,6}(\w+): \{\n\s+value: (.*),\n\s+isBlock: (\w+),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)"/gm)].map(
        (found) => [found[1], { isBlock: found[3] === "true", type: found[4], storage: found[5] }],
      ),
    );
  for (const found of text.matchAll(/^export function (\w+)ToHclTerraform\([\s\S]*?^\}/gm)) shapes[found[1].toLowerCase()] = grab(found[0]);
  for (const [name, { base, body }] of Object.entries(classes)) {
    if (!/TerraformResource|TerraformDataSource|TerraformProvider/.test(base)) continue;
    const at = body.indexOf("synthesizeHclAttributes");
    if (at > 0) shapes[name.toLowerCase()] = grab(body.slice(at));
  }
  return { classes, shapes };
}

// The getters name the type of an attribute that is no block.
function getterType(body) {
  const set = /cdktf\.Fn\.tolist\(/.test(body);
  const found = body.match(/this\.get(\w+)Attribute\(/);
  if (!found) return /interpolationForAttribute/.test(body) ? "dynamic" : /return this\._\w+;/.test(body) ? "string" : null;
  return {
    String: "string", Number: "number", Boolean: "bool", List: [set ? "set" : "list", "string"],
    NumberList: [set ? "set" : "list", "number"], StringMap: ["map", "string"], NumberMap: ["map", "number"],
    BooleanMap: ["map", "bool"], AnyMap: ["map", "string"],
  }[found[1]];
}

function fieldsOf(block) {
  return [
    ...block.attributes.map((one) => [one.name, one.type]),
    ...block.block_types.map((one) => [one.type_name, [one.nesting === 3 ? "set" : "list", ["object", Object.fromEntries(fieldsOf(one.block))]]]),
  ];
}

function blockOf(parsed, className) {
  const found = parsed.classes[className];
  if (!found) throw new Error(`no class ${className}`);
  const shapes = parsed.shapes[className.replace(/OutputReference$/, "").toLowerCase()] ?? {};
  const attributes = [];
  const block_types = [];
  const each = /\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n([\s\S]*?)(?=\n\n|\n {2}\/\/ \w+ - computed|$)/g;
  for (const [, name, computed, optional, required, body] of found.body.matchAll(each)) {
    const flags = { computed: computed === "true", optional: optional === "true", required: required === "true" };
    const nested = body.match(/= new (cdktf\.)?(\w+)\(this, "\w+"(?:, (\w+))?\)/);
    const shape = shapes[name];
    let type;
    if (nested && !nested[1]) {
      const inner = `${nested[2].replace(/(List|Map|OutputReference)$/, "")}OutputReference`;
      const multiple = /(List|Map)$/.test(nested[2]);
      const set = nested[3] === "true";
      if (shape?.isBlock) {
        const nesting = shape.type === "struct" ? 1 : set ? 3 : 2;
        block_types.push({
          type_name: name, block: blockOf(parsed, inner), nesting, min_items: flags.required ? 1 : 0,
          max_items: shape.type === "struct" || multiple ? 0 : 1,
        });
        continue;
      }
      const object = ["object", Object.fromEntries(fieldsOf(blockOf(parsed, inner)))];
      if (nested[2].endsWith("Map")) type = ["map", object];
      else if (multiple) type = [set ? "set" : "list", object];
      else type = shape?.type === "struct" ? object : ["list", object];
    } else {
      type = nested ? ["map", { StringMap: "string", NumberMap: "number", BooleanMap: "bool" }[nested[2]] ?? "string"] : getterType(body);
    }
    if (!type) throw new Error(`${className}.${name}: what type?`);
    if (Array.isArray(type) && type[0] === "list" && shape?.type === "set") type = ["set", type[1]];
    attributes.push({ name, type, ...flags });
  }
  return { attributes, block_types };
}

function providerBlock(parsed, className) {
  const block = { attributes: [], block_types: [] };
  for (const [name, { isBlock, type, storage }] of Object.entries(parsed.shapes[className.toLowerCase()] ?? {})) {
    if (name === "alias") continue;
    if (isBlock) {
      block.block_types.push({
        type_name: name, block: providerBlock(parsed, storage.replace(/List$/, "")), nesting: type === "set" ? 3 : 2, min_items: 0, max_items: 0,
      });
      continue;
    }
    const ofMap = storage.endsWith("Map") ? ["map", primitives[storage.slice(0, -3)] ?? "string"] : null;
    const ofList = [type === "set" ? "set" : "list", primitives[storage.slice(0, -4)] ?? "string"];
    block.attributes.push({ name, type: primitives[storage] ?? ofMap ?? ofList, optional: true, required: false, computed: false });
  }
  return block;
}

const [output, ...files] = process.argv.slice(2);
const wanted = new Set();
for (const file of files) {
  for (const found of fs.readFileSync(file, "utf8").matchAll(/^(resource|data)\s+"(\w+)"/gm)) wanted.add(`${found[1]} ${found[2]}`);
}
const plain = (name) => name.replace(/[-_]/g, "");
const folders = new Map(fs.readdirSync(library).map((folder) => [plain(folder), folder]));
const schema = { version: null, provider: null, resources: {}, data: {} };
for (const one of [...wanted].sort()) {
  const [kind, type] = one.split(" ");
  if (!type.startsWith("aws_")) continue;
  const name = (kind === "data" ? "data-aws-" : "") + type.slice(4);
  const folder = folders.get(plain(name)) ?? folders.get(plain(`${name}resource`));
  if (!folder) {
    console.error(`the AWS provider has no ${kind} ${type}`);
    process.exitCode = 1;
    continue;
  }
  const text = sourceOf(folder);
  schema.version ??= text.match(/providerVersion: '([^']+)'/)?.[1];
  if (text.match(/tfResourceType = "(\w+)"/)[1] !== type) throw new Error(`${folder} is not ${type}`);
  const parsed = parse(text);
  const [main] = Object.entries(parsed.classes).find(([, { base }]) => base === (kind === "data" ? "TerraformDataSource" : "TerraformResource"));
  (kind === "data" ? schema.data : schema.resources)[type] = blockOf(parsed, main);
}
schema.provider = providerBlock(parse(sourceOf("provider")), "AwsProvider");
fs.writeFileSync(output, JSON.stringify(schema));
console.log(`AWS provider ${schema.version}: ${Object.keys(schema.resources).length} resources, ${Object.keys(schema.data).length} data sources`);
