import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  base: "/",
  cacheDir: "../../node_modules/.vite/web",
  build: { outDir: "dist" },
  server: { port: 5173, strictPort: true },
  preview: { port: 4173, strictPort: true },
});
