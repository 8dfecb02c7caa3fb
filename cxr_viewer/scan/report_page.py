"""The text of the scan report: head with style, foot with script. Everything is inside the page."""

from string import Template

HEAD = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Scan report – research use, not a medical device</title>
<style>
:root { color-scheme: light dark; --paper: #f5f6f8; --panel: #fff; --line: #c6ccd3; --ink: #181c20; --soft: #55606b;
  --box: #ffb454; --score: #8a4700; --warn: #7a4b00; --focus: #0b66c3; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --panel: #1e2329; --line: #3a434d; --ink: #e4e8ec;
  --soft: #a3adb8; --score: #ffb454; --warn: #ffd479; --focus: #7cc0ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem clamp(1rem, 4vw, 3rem); background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; font-weight: 600; }
.notice { margin: 1rem 0; padding: .6rem .9rem; border: 1px solid var(--warn); border-radius: 6px; color: var(--warn); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
.counts dd { font-size: 1.35rem; font-weight: 600; }
.note, .key { color: var(--soft); }
form { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.3rem;
  margin: 1rem 0; padding: .6rem 0; background: var(--paper); border-bottom: 1px solid var(--line); }
label { display: inline-flex; align-items: center; gap: .45rem; } label output { min-width: 2.5em; }
input, select, button { font: inherit; } input[type=search], select, button { padding: .2rem .45rem; color: var(--ink);
  background: var(--panel); border: 1px solid var(--line); border-radius: 5px; } input[type=search] { width: 13rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
#shown { margin-left: auto; color: var(--soft); } [hidden] { display: none !important; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 1rem; align-items: start; }
article { overflow: hidden; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
article p { margin: .15rem .8rem .5rem; font-variant-numeric: tabular-nums; }
.picture { position: relative; width: 100%; background: #000; }
.picture img, .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; }
rect { fill: none; stroke: var(--box); }
text { fill: var(--box); stroke: #000; paint-order: stroke; font-weight: 600; }
h2 { margin: .6rem .8rem .15rem; font-size: .95rem; font-weight: 600; overflow-wrap: anywhere;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
h2 span { color: var(--soft); font-weight: 400; }
b { color: var(--score); }
.key { font-size: .8rem; }
details { margin: 1rem 0; } summary { cursor: pointer; padding: .4rem 0; font-weight: 600; }
table { border-collapse: collapse; width: 100%; } td { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 30%; } td:last-child { white-space: nowrap; color: var(--soft); }
.no-boxes svg { display: none; }
@media print { :root { color-scheme: light; --paper: #fff; --panel: #fff; --line: #bbb; --ink: #000; --soft: #444;
  --warn: #7a4b00; --score: #8a4700; } form { display: none; } article { break-inside: avoid; }
  main { grid-template-columns: repeat(3, 1fr); }
  .picture { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>
</head>
<body>
<h1>Scan report</h1>
<div class="notice"><strong>Research use, not a medical device.</strong> Detections are the model's and nobody has
reviewed them. $learned_from</div>
<dl class="counts">
<div><dt>files</dt><dd>$files</dd></div><div><dt>read by the detector</dt><dd>$ok</dd></div>
<div><dt>withheld</dt><dd>$withheld</dd></div><div><dt>failed</dt><dd>$failed</dd></div>
<div><dt>skipped</dt><dd>$skipped</dd></div><div><dt>detections</dt><dd>$detections</dd></div>
</dl>
<dl>
<div><dt>ensemble</dt><dd>$bundle</dd></div><div><dt>thresholds</dt><dd>$thresholds</dd></div>
<div><dt>ran on</dt><dd>$device</dd></div><div><dt>finished</dt><dd>$finished</dd></div>
<div><dt>program</dt><dd>CXR Viewer $version</dd></div>
</dl>
<form id="filter" role="search" aria-label="Files of this scan">
<label>Name or reason <input id="text" type="search" autocomplete="off" spellcheck="false"></label>
<label>Show <select id="kind"><option value="">everything</option><option value="found">with detections</option>
<option value="clear">without detections</option><option value="withheld">withheld</option>
<option value="failed">failed</option><option value="skipped">skipped</option></select></label>
<label>Sort by <select id="sort"><option value="">suspicion</option><option value="opacity">opacity probability</option>
<option value="found">number of detections</option><option value="name">name</option></select></label>
<label>Score at least <input id="least" type="range" min="0" max="1" step="0.01" value="0">
<output for="least">0.00</output></label>
<label><input id="boxes" type="checkbox" checked> boxes</label>
<button type="reset">Reset</button>
<output id="shown" aria-live="polite"></output>
</form>
<p id="nothing" class="note" hidden>Nothing here matches; Reset shows everything.</p>
""")

FOOT = """<script>
"use strict";
const form = document.getElementById("filter"), cards = document.getElementById("cards");
const fields = ["text", "kind", "sort", "least", "boxes"].map(name => document.getElementById(name));
const [text, kind, sort, least, boxes] = fields;
const articles = [...cards.children], lists = [...document.querySelectorAll("details")];
const number = (card, name) => Number(card.dataset[name] || -1);
const orders = {
  "": (a, b) => number(a, "rank") - number(b, "rank"),
  opacity: (a, b) => number(b, "opacity") - number(a, "opacity") || number(a, "rank") - number(b, "rank"),
  found: (a, b) => number(b, "found") - number(a, "found") || number(a, "rank") - number(b, "rank"),
  name: (a, b) => a.dataset.name.localeCompare(b.dataset.name, undefined, { numeric: true }),
};
function apply() {
  const wanted = text.value.trim().toLowerCase(), images = ["", "found", "clear"].includes(kind.value);
  let shown = 0, listed = 0;
  for (const card of articles) {
    const found = number(card, "found") > 0;
    card.hidden = !images || number(card, "score") < Number(least.value) ||
      !card.dataset.name.toLowerCase().includes(wanted) || (kind.value === "found" && !found) ||
      (kind.value === "clear" && found);
    shown += !card.hidden;
  }
  cards.append(...articles.sort(orders[sort.value]));
  for (const list of lists) {
    let rows = 0;
    for (const row of list.querySelectorAll("tr")) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      rows += !row.hidden;
    }
    const chosen = kind.value === list.dataset.status;
    list.hidden = !(chosen || kind.value === "") || !rows;
    if (chosen) list.open = true;
    listed += list.hidden ? 0 : rows;
  }
  cards.classList.toggle("no-boxes", !boxes.checked);
  form.querySelector("output[for=least]").value = Number(least.value).toFixed(2);
  document.getElementById("shown").value = `${shown} of ${articles.length} images`;
  document.getElementById("nothing").hidden = shown + listed > 0 || articles.length + lists.length === 0;
}
function remember() {
  const kept = fields.slice(0, 4).filter(field => field.value !== field.defaultValue && field.value)
    .map(field => [field.id, field.value]);
  location.replace("#" + new URLSearchParams(kept));
}
const kept = new URLSearchParams(location.hash.slice(1));
for (const field of fields.slice(0, 4)) if (kept.has(field.id)) field.value = kept.get(field.id);
form.addEventListener("input", () => { apply(); remember(); });
form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
form.addEventListener("submit", event => event.preventDefault());
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== text) { event.preventDefault(); text.focus(); }
});
form.hidden = articles.length + lists.length === 0;
apply();
</script>
</body>
</html>
"""
