// `npm install` typed by habit would leave half a node_modules that pnpm then has to undo.
if (!(process.env.npm_config_user_agent ?? "").startsWith("pnpm")) {
  console.error(
    "Milepost installs itself: run `npm start` or `npm test` instead of `npm install`.",
  );
  process.exit(1);
}
