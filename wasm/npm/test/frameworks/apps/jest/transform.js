// Converts import to require, as Babel and ts-jest do.
const { transformSync } = require("esbuild");

module.exports = { process: (code) => transformSync(code, { format: "cjs" }) };
