import { createHash } from 'node:crypto';

/** Inline, because one small page should be one round trip on a phone; allowed in the policy by its hash alone. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1b1f;--soft:#5d5d68;--paper:#fff;--ground:#f3f1ec;--accent:#0b6e4f;--line:#e4e1d9}
@media(prefers-color-scheme:dark){:root{--ink:#f2f1ee;--soft:#b0aeb8;--paper:#212126;--ground:#151518;--accent:#3ecf9a;--line:#34343c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;display:flex;justify-content:center}
main{width:100%;max-width:30rem;background:var(--paper);display:flex;flex-direction:column}
.photo{position:relative;aspect-ratio:1;overflow:hidden;display:grid;place-items:center;background:linear-gradient(150deg,var(--ground),var(--line))}
.photo span{font-size:7rem;font-weight:700;line-height:1;color:var(--accent);opacity:.35}
.photo img{position:absolute;top:0;left:0;width:100%;min-height:100%;object-fit:cover}
.text{padding:1.25rem 1.25rem 7rem;flex:1}
.plain{padding:18vh 1.5rem 3rem;text-align:center}
.mark{width:4rem;height:4rem;margin:0 auto 1.25rem;border-radius:50%;background:var(--ground);color:var(--accent);font-size:2rem;line-height:4rem}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}
.price{margin:0 0 1rem;font-size:1.75rem;font-weight:700}
.price small{font-size:.95rem;font-weight:400;color:var(--soft)}
.price s{margin-left:.5rem;font-size:1.05rem;font-weight:400;color:var(--soft)}
.about{margin:0;color:var(--soft);white-space:pre-line;overflow-wrap:anywhere}
.note{margin:0 0 1rem;padding:.6rem .9rem;border:1px solid var(--line);border-radius:.6rem;color:var(--soft)}
.act{position:fixed;left:0;right:0;bottom:0;margin:0 auto;max-width:30rem;padding:.9rem 1.25rem calc(.9rem + env(safe-area-inset-bottom));background:var(--paper);border-top:1px solid var(--line)}
.button{display:block;padding:.95rem;border-radius:.75rem;background:var(--accent);color:var(--paper);text-align:center;font-weight:650;font-size:1.1rem;text-decoration:none}
.button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.plain .button{display:inline-block;margin-top:1.5rem;padding:.8rem 1.6rem}
@media(min-width:40rem){main{margin:2.5rem 0;border-radius:1.25rem;overflow:hidden;align-self:flex-start}.act{position:static;max-width:none}.text{padding-bottom:1.5rem}.plain{padding-top:4rem}}
`.trim();

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** Nothing runs, nothing is sent, nobody frames it; pictures may come from anywhere that is encrypted or ours. */
export const contentSecurityPolicy = (publicUrl: string): string =>
  [
    "default-src 'none'",
    `img-src 'self' data: https: ${new URL(publicUrl).origin}`,
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
