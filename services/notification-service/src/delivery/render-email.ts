import { escapeHtml } from '@reseller/runtime';
import type { EmailContent } from '../templates/wording.js';

/** Names and reasons were typed by people: a line break in one must not become a header of its own. */
// eslint-disable-next-line no-control-regex
export const oneLine = (text: string): string => text.replace(/[\u0000-\u001F\u007F]+/g, ' ').trim();

const urlOf = ({ action }: EmailContent, link: string | null): string | null => action?.url ?? (action && link);

export function renderText(content: EmailContent, link: string | null): string {
  const url = urlOf(content, link);
  const parts = [
    ...content.paragraphs,
    content.facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    content.action !== null && url !== null ? `${content.action.label}: ${url}` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Inline styles only: mail programs drop anything else. */
export function renderHtml(content: EmailContent, link: string | null): string {
  const url = urlOf(content, link);
  const paragraphs = content.paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n');
  const facts = content.facts
    .map(
      ([label, value]) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#555">${escapeHtml(label)}</td><td style="padding:2px 0">${escapeHtml(value)}</td></tr>`,
    )
    .join('\n');
  const table = facts === '' ? '' : `<table style="border-collapse:collapse">\n${facts}\n</table>`;
  const button =
    content.action === null || url === null
      ? ''
      : `<p><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 16px;background:#1a4fd6;color:#fff;text-decoration:none;border-radius:4px">${escapeHtml(content.action.label)}</a></p>`;
  return `<!doctype html>
<html lang="en"><body style="font-family:sans-serif;line-height:1.5;color:#111">
${[paragraphs, table, button].filter((part) => part !== '').join('\n')}
</body></html>`;
}
