import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import license from "rollup-plugin-license";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a running Sluice. Start it with --public-url http://127.0.0.1:5173, so
// that the URLs it signs go through the development server too.
const server = process.env.SLUICE_DEV_SERVER ?? "http://127.0.0.1:8080";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Everything has a URL of its own: the page's policy allows no inlined data in scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: page("index.html"), embed: page("embed.html") },
      // Whose work the page is made of: they ask to be named wherever it is passed on.
      plugins: [license({ thirdParty: { output: { file: page("dist/licenses.txt") } } })],
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": server, "/play": server, "/storage": server },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
