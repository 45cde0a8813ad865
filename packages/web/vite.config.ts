import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  base: "/",
  cacheDir: "../../node_modules/.vite/web",
  build: {
    outDir: "dist",
    // scripts/first-js.mjs adds up from it what a page loads first.
    manifest: true,
    rolldownOptions: {
      output: {
        // What several pages share is one file instead of dozens of a few hundred bytes each.
        codeSplitting: {
          // Dialogs, menus and features bring much with them that the board does not need: they are no part of it.
          groups: [
            {
              name: "shared",
              test: /web.src.(app|lib|components).(?!\w*Dialog|Menu|TypedConfirm|UserMenu\.)|lucide-react/,
              minShareCount: 3,
            },
          ],
        },
      },
    },
  },
  server: { port: 5173, strictPort: true },
  preview: { port: 4173, strictPort: true },
});
