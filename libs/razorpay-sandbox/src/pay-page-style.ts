export const PAY_PAGE_STYLE = `:root {
  --accent: #2b59ff;
  --ink: #0f172a;
  --muted: #64748b;
  --line: #e2e8f0;
  --good: #15803d;
  --bad: #b91c1c;
  color-scheme: light;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  padding: 1rem;
  background: linear-gradient(160deg, #eef2ff, #f8fafc 60%);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
.embedded body { background: transparent; }
main {
  width: min(27rem, 100%);
  background: #fff;
  border-radius: 1rem;
  overflow: hidden;
  box-shadow: 0 20px 50px rgb(15 23 42 / .18);
}
header { position: relative; padding: 1.5rem; background: var(--accent); color: #fff; }
header p { margin: 0; }
.shop { font-weight: 600; }
.description { opacity: .9; font-size: .9rem; }
.amount { margin-top: .5rem; font-size: 2.1rem; font-weight: 700; font-variant-numeric: tabular-nums; }
.close { position: absolute; top: .6rem; right: .6rem; width: 2.2rem; height: 2.2rem; padding: 0; border: 0; border-radius: 50%; background: rgb(255 255 255 / .18); color: #fff; font-size: 1.2rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 0; padding: 1rem 1.5rem; font-size: .9rem; }
dt { color: var(--muted); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
code, .code { font-family: ui-monospace, 'Cascadia Mono', Menlo, monospace; font-size: .82rem; }
form { display: grid; gap: .7rem; padding: .25rem 1.5rem 1.5rem; }
.methods { display: grid; grid-template-columns: repeat(4, auto); gap: .4rem; margin: 0 0 .3rem; padding: 0; border: 0; }
.methods legend { padding: 0 0 .35rem; color: var(--muted); font-size: .9rem; }
.methods input { position: absolute; opacity: 0; }
.methods span { display: block; padding: .5rem .1rem; border: 1px solid var(--line); border-radius: .6rem; text-align: center; font-size: .85rem; cursor: pointer; }
.methods input:checked + span { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); color: var(--accent); font-weight: 600; }
.methods input:focus-visible + span, button:focus-visible, a:focus-visible { outline: 3px solid rgb(43 89 255 / .45); outline-offset: 2px; }
button, .button { display: block; width: 100%; padding: .85rem 1rem; border: 1px solid transparent; border-radius: .7rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
button:disabled { opacity: .5; cursor: progress; }
.success { background: var(--good); color: #fff; }
.failure { background: #fff; border-color: var(--bad); color: var(--bad); }
.late { background: #fff; border-color: var(--line); color: var(--ink); }
.notice { margin: 0; padding: 0 1.5rem 1.5rem; color: var(--good); font-weight: 600; }
#result { margin: 0 1.5rem 1.5rem; border: 1px solid var(--line); border-left: 4px solid var(--good); border-radius: .6rem; padding: .9rem 1rem; }
#result.failed { border-left-color: var(--bad); }
#result h2 { margin: 0; font-size: 1.05rem; }
#result h2::first-letter { text-transform: uppercase; }
#result dl { grid-template-columns: 1fr; gap: 0; padding: .5rem 0; }
#result dd { margin-bottom: .5rem; text-align: left; }
#result p { margin: 0; color: var(--muted); font-size: .9rem; }
#result form { padding: .25rem 0 0; }
footer { padding: .8rem 1.5rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .8rem; text-align: center; }
`;
