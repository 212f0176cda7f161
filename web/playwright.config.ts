import { defineConfig, devices } from "@playwright/test";
import chromium from "./chromium.json" with { type: "json" };

export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e/artifacts/results",
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Each test has a server of its own; two encoders at once are all that two cores can do.
  workers: 2,
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // Encoders and browsers share two cores there. What passes only the second time is named as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.SLUICE_CHROMIUM ?? "/usr/bin/chromium",
      args: chromium.flags,
    },
  },
});
