import { inlineJson } from './escape-html.js';

/**
 * `checkout.js`: defines `window.Razorpay` with `open`, `close` and `on('payment.failed', …)`. The pay page is shown in
 * an iframe over the shop and reports back by postMessage; only messages of that very iframe count.
 *
 * @param publicUrl the sandbox's address; null takes the one that the browser loaded this script from.
 */
export function checkoutScript(publicUrl: string | null): string {
  return SCRIPT.replace('__PUBLIC_URL__', () => inlineJson(publicUrl));
}

const SCRIPT = String.raw`(function () {
  'use strict';

  var publicUrl = __PUBLIC_URL__;
  var sandboxOrigin = new URL(publicUrl || document.currentScript.src, location.href).origin;

  function Razorpay(options) {
    if (!(this instanceof Razorpay)) return new Razorpay(options);
    if (!options || !options.key) throw new Error('No key passed');
    if (!options.order_id) throw new Error('The sandbox needs an order_id');
    this.options = options;
    this.listeners = {};
    this.overlay = null;
    this.frame = null;
    this.onMessage = this.onMessage.bind(this);
  }

  Razorpay.prototype.on = function (event, listener) {
    (this.listeners[event] = this.listeners[event] || []).push(listener);
    return this;
  };

  Razorpay.prototype.emit = function (event, payload) {
    (this.listeners[event] || []).forEach(function (listener) { listener(payload); });
  };

  Razorpay.prototype.open = function () {
    if (this.overlay) return;
    this.overlay = document.createElement('div');
    this.overlay.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(15,23,42,.6)';
    this.frame = document.createElement('iframe');
    this.frame.title = 'Payment';
    this.frame.style.cssText = 'width:100%;height:100%;border:0;background:transparent';
    this.frame.src = this.payPageUrl();
    this.overlay.appendChild(this.frame);
    window.addEventListener('message', this.onMessage);
    document.body.appendChild(this.overlay);
  };

  Razorpay.prototype.close = function () {
    if (!this.overlay) return;
    window.removeEventListener('message', this.onMessage);
    this.overlay.remove();
    this.overlay = null;
    this.frame = null;
  };

  Razorpay.prototype.payPageUrl = function () {
    var prefill = this.options.prefill || {};
    var theme = this.options.theme || {};
    var query = new URLSearchParams({ origin: location.origin });
    var shown = {
      name: this.options.name,
      description: this.options.description,
      email: prefill.email,
      contact: prefill.contact,
      color: theme.color
    };
    Object.keys(shown).forEach(function (key) { if (shown[key]) query.set(key, shown[key]); });
    return sandboxOrigin + '/pay/' + encodeURIComponent(this.options.order_id) + '?' + query.toString();
  };

  Razorpay.prototype.onMessage = function (event) {
    if (!this.frame || event.origin !== sandboxOrigin || event.source !== this.frame.contentWindow) return;
    var message = event.data || {};
    if (message.type === 'failed') this.emit('payment.failed', message.payload);
    if (message.type === 'dismissed') this.dismiss();
    if (message.type === 'paid') this.finish(message.payload);
  };

  Razorpay.prototype.dismiss = function () {
    this.close();
    var modal = this.options.modal || {};
    if (typeof modal.ondismiss === 'function') modal.ondismiss();
  };

  Razorpay.prototype.finish = function (triple) {
    this.close();
    if (typeof this.options.handler === 'function') this.options.handler(triple);
    else if (this.options.callback_url) post(this.options.callback_url, triple);
  };

  function post(url, fields) {
    var form = document.createElement('form');
    form.method = 'post';
    form.action = url;
    Object.keys(fields).forEach(function (name) {
      var input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = fields[name];
      form.appendChild(input);
    });
    document.body.appendChild(form);
    form.submit();
  }

  window.Razorpay = Razorpay;
})();
`;
