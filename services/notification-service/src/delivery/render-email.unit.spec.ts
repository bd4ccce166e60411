import { describe, expect, it } from '@jest/globals';
import { rupees } from '../templates/phrases.js';
import type { EmailContent } from '../templates/wording.js';
import { oneLine, renderHtml, renderText } from './render-email.js';

const mail: EmailContent = {
  subject: 'Hello',
  paragraphs: ['Hello <b>Asha</b>,', 'Tom & "Jerry"'],
  facts: [['Shirt', `<script>alert('x')</script>`]],
  action: { label: 'Open', url: null },
};

describe('a mail', () => {
  it('escapes whatever people typed', () => {
    const html = renderHtml(mail, 'https://shop.example/?a=1&b="2"');
    expect(html).toContain('Hello &lt;b&gt;Asha&lt;/b&gt;,');
    expect(html).toContain('Tom &amp; &quot;Jerry&quot;');
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
    expect(html).toContain('href="https://shop.example/?a=1&amp;b=&quot;2&quot;"');
    expect(html).not.toContain('<script>');
  });

  it('has a button only where there is an address to go to', () => {
    expect(renderHtml(mail, null)).not.toContain('<a ');
    expect(renderText(mail, null)).not.toContain('Open');
    expect(renderText(mail, 'https://shop.example/x')).toContain('Open: https://shop.example/x');
    const fixed = { ...mail, action: { label: 'Track', url: 'https://post.example/1' } };
    expect(renderText(fixed, null)).toContain('Track: https://post.example/1');
  });

  it('keeps its subject on one line', () => {
    expect(oneLine('Order\r\nBcc: everybody@example.com')).toBe('Order Bcc: everybody@example.com');
  });

  it('writes money as people in India do', () => {
    expect([0, 5, 123_450, 12_345_650].map(rupees)).toEqual(['₹0.00', '₹0.05', '₹1,234.50', '₹1,23,456.50']);
  });
});
