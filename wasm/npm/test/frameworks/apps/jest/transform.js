// What Babel and ts-jest do to a test: import becomes require.
const { transformSync } = require("esbuild");

module.exports = { process: (code) => transformSync(code, { format: "cjs" }) };
