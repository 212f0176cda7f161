// `node stub_provider.mjs SCHEMA COMMAND…`: runs a command of Terraform with a provider `aws` that knows this schema and
// nothing else (make_schema.mjs): enough for `validate`, and for `test` where the provider is mocked. No plugin is
// downloaded; Terraform speaks with this process by its plugin protocol, version 5.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const [schemaFile, command, ...args] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));

function encoded(block) {
  return {
    attributes: block.attributes.map((one) => ({
      name: one.name, type: Buffer.from(JSON.stringify(one.type)), required: one.required,
      optional: one.optional && !one.required, computed: one.computed,
    })),
    block_types: block.block_types.map((one) => ({ ...one, block: encoded(one.block) })),
  };
}
const all = (blocks) => Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, { version: 0, block: encoded(block) }]));
const { tfplugin5 } = grpc.loadPackageDefinition(loader.loadSync(path.join(here, "provider.proto"), { keepCase: true }));
const answer = (reply) => (call, done) => done(null, typeof reply === "function" ? reply(call.request) : reply);
const server = new grpc.Server({ "grpc.max_send_message_length": -1 });
server.addService(tfplugin5.Provider.service, {
  GetSchema: answer({
    provider: { version: 0, block: encoded(schema.provider) }, resource_schemas: all(schema.resources),
    data_source_schemas: all(schema.data), server_capabilities: {},
  }),
  PrepareProviderConfig: answer((request) => ({ prepared_config: request.config })),
  ValidateResourceTypeConfig: answer({}),
  ValidateDataSourceConfig: answer({}),
  Configure: answer({}),
  Stop: answer({}),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const reattach = {
    [process.env.TF_PROVIDER]: {
      Protocol: "grpc", ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
    },
  };
  const environment = { ...process.env, TF_REATTACH_PROVIDERS: JSON.stringify(reattach), TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" };
  const child = spawn(command, args, { stdio: "inherit", env: environment });
  child.on("exit", (code, signal) => {
    server.forceShutdown();
    process.exit(signal ? 1 : code);
  });
});
