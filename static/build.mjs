// Builds static/src into static/dist, which is committed. With --check it builds
// into memory and fails when the committed files differ.
import { readFileSync, writeFileSync, readdirSync, mkdirSync, rmSync, existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "static", "src");
const dist = join(root, "static", "dist");
const icons = join(root, "templates", "icons");
const check = process.argv.includes("--check");

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  legalComments: "none",
  target: ["es2022"],
  logLevel: "warning",
  charset: "utf8",
};

async function bundle(options) {
  const result = await build({ ...common, outdir: dist, ...options });
  return result.outputFiles.map((file) => [file.path, Buffer.from(file.contents)]);
}

function iconFiles() {
  const from = join(root, "node_modules", "@tabler", "icons", "icons");
  const names = JSON.parse(readFileSync(join(source, "icons.json"), "utf8"));
  return names.map((name) => {
    const [style, base] = name.endsWith("-filled") ? ["filled", name.slice(0, -7)] : ["outline", name];
    const svg = readFileSync(join(from, style, `${base}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    const paths = body.replace(/\s*\n\s*/g, "").replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "");
    return [join(icons, `${name}.svg`), Buffer.from(`${paths.trim()}\n`)];
  });
}

const files = [
  ...(await bundle({
    entryPoints: [join(source, "backoffice.ts")],
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
  })),
  ...(await bundle({ entryPoints: [join(source, "theme.ts")], format: "iife" })),
  ...(await bundle({ entryPoints: [join(source, "backoffice.css")], loader: { ".svg": "dataurl" } })),
  [join(dist, "favicon.svg"), readFileSync(join(source, "favicon.svg"))],
  ...iconFiles(),
];

const wanted = new Map(files);
const present = [dist, icons]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
const stale = present.filter((path) => !wanted.has(path));

if (check) {
  const changed = files
    .filter(([path, bytes]) => !existsSync(path) || !readFileSync(path).equals(bytes))
    .map(([path]) => path);
  const wrong = [...changed, ...stale].map((path) => relative(root, path));
  if (wrong.length > 0) {
    console.error(`Run "npm run build" and commit the result. Out of date:\n  ${wrong.join("\n  ")}`);
    process.exit(1);
  }
  console.log(`static/dist is what static/src builds (${files.length} files).`);
} else {
  stale.forEach((path) => rmSync(path));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  console.log(`Built ${files.length} files.`);
}
