// The browser's scripts: what ESLint recommends, and nothing that the promised browsers (package.json) lack.
import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import globals from "globals";

const django = { gettext: "readonly", ngettext: "readonly", pgettext: "readonly", interpolate: "readonly" };

const rules = {
  "no-unused-vars": ["error", { ignoreRestSiblings: true, argsIgnorePattern: "^_" }],
  "prefer-const": "error",
  "no-var": "error",
  "no-restricted-syntax": ["error", { selector: "StaticBlock", message: "Chrome 94 and later only." }],
  eqeqeq: ["error", "always", { null: "ignore" }],
};

export default [
  { ignores: ["static/vendor/", "**/node_modules/", ".venv/", ".local/"] },
  { ...js.configs.recommended, files: ["static/js/**/*.js"] },
  {
    files: ["static/js/**/*.js"],
    plugins: { compat },
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: { ...globals.browser, ...django, L: "readonly", htmx: "readonly" } },
    // Asked for before they are used, and done without where they are not there.
    settings: { polyfills: ["navigator.locks", "Notification", "PushManager", "document.fullscreenElement"] },
    rules: { ...rules, "compat/compat": "error" },
  },
  { files: ["static/js/hazards/sw.js"], languageOptions: { sourceType: "script", globals: { ...globals.serviceworker, SHELL: "readonly" } } },
  {
    files: ["tests/js/**/*.js", "eslint.config.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: { ...globals.node, ...globals.browser } },
    rules: { ...js.configs.recommended.rules, ...rules },
  },
];
