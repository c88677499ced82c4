// Makes one self-contained file of the files beside it and uPlot:
//   node build.mjs FOLDER_WITH_NODE_MODULES OUT
import {readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const [packages, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const uplot = join(packages, "node_modules", "uplot");
const read = (...path) => readFileSync(join(...path), "utf8").trim();

// A script element ends at the first of these, whatever stands around it.
const script = text => text.replaceAll("</script", "<\\/script");

const parts = {
  "uplot.license": read(uplot, "LICENSE"), // its text must stay with the code
  "uplot.css": read(uplot, "dist", "uPlot.min.css"),
  "uplot.js": script(read(uplot, "dist", "uPlot.iife.min.js")),
  "page.css": read(here, "page.css"),
  "page.js": script(read(here, "page.js")),
  "plots.js": script(read(here, "plots.js")),
  "charts.js": script(read(here, "charts.js")),
};
const page = read(here, "page.html").replace(
  /\{\{([a-z.]+)\}\}/g,
  (_, name) => {
    if (!(name in parts))
      throw new Error(`page.html wants ${name}, which is not there`);
    return parts[name];
  }
);
if (page.split('"{report}"').length !== 2)
  throw new Error('page.html must have "{report}" once, where the data go');
writeFileSync(out, page + "\n");
