import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  // what is inlined as data: would need a wider content security policy than the window has
  build: { target: "safari16", sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  test: { environment: "jsdom", setupFiles: ["./src/test/setup.ts"], css: false, testTimeout: 60000 },
});
