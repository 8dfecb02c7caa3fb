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
:root { color-scheme: dark; --paper: #14171b; --panel: #1e2329; --line: #323a43; --ink: #e4e8ec; --soft: #9aa5b1;
  --box: #ffb454; --warn: #ffd479; }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem clamp(1rem, 4vw, 3rem); background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; font-weight: 600; }
.notice { margin: 1rem 0; padding: .6rem .9rem; border: 1px solid var(--warn); border-radius: 6px; color: var(--warn); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
.counts dd { font-size: 1.35rem; font-weight: 600; }
.note, .key { color: var(--soft); }
form { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.5rem; margin: 1rem 0; }
label { display: inline-flex; align-items: center; gap: .5rem; } output { min-width: 2.5em; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 1rem; align-items: start; }
article { overflow: hidden; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
article p { margin: .15rem .8rem .5rem; font-variant-numeric: tabular-nums; }
.picture { position: relative; width: 100%; background: #000; }
.picture img, .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; }
rect { fill: none; stroke: var(--box); }
text { fill: var(--box); stroke: #000; paint-order: stroke; font-weight: 600; }
h2 { margin: .6rem .8rem .15rem; font-size: .95rem; font-weight: 600; overflow-wrap: anywhere; }
h2 span { color: var(--soft); font-weight: 400; }
b { color: var(--box); }
.key { font-size: .8rem; }
details { margin: 1rem 0; } summary { cursor: pointer; padding: .4rem 0; font-weight: 600; }
table { border-collapse: collapse; width: 100%; } td { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 30%; } td:last-child { white-space: nowrap; color: var(--soft); }
.no-boxes svg { display: none; }
@media print { :root { color-scheme: light; --paper: #fff; --panel: #fff; --line: #bbb; --ink: #000; --soft: #444;
  --warn: #7a4b00; --box: #b35c00; } form { display: none; } article { break-inside: avoid; }
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
<form>
<label>Best score at least <input id="least" type="range" min="0" max="1" step="0.01" value="0">
<output id="least-shown">0.00</output></label>
<label><input id="boxes" type="checkbox" checked> boxes</label>
</form>
""")

FOOT = """<script>
"use strict";
const least = document.getElementById("least");
least.addEventListener("input", () => {
  document.getElementById("least-shown").value = Number(least.value).toFixed(2);
  for (const card of document.querySelectorAll("article"))
    card.hidden = Number(card.dataset.score) < Number(least.value);
});
document.getElementById("boxes").addEventListener("change", event => {
  document.getElementById("cards").classList.toggle("no-boxes", !event.target.checked);
});
</script>
</body>
</html>
"""
