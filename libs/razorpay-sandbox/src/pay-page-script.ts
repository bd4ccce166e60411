/**
 * The pay page's behaviour. Everything it shows is set as text, never as markup. Inside an iframe it reports to the
 * shop's origin and to no other; by itself it sends the buyer back to `callback_url` with the signed triple.
 */
export const PAY_PAGE_SCRIPT = String.raw`(function () {
  'use strict';

  var settings = JSON.parse(document.getElementById('settings').textContent);
  var result = document.getElementById('result');
  var form = document.getElementById('choices');
  var dismiss = document.getElementById('dismiss');
  var embedded = settings.shopOrigin !== null && window.parent !== window;
  var RETURN_AFTER_MS = 2500;

  if (settings.color) document.documentElement.style.setProperty('--accent', settings.color);
  if (embedded) {
    document.documentElement.classList.add('embedded');
    dismiss.hidden = false;
    dismiss.addEventListener('click', function () { tellShop('dismissed', null); });
  }
  if (form) {
    form.addEventListener('click', function (event) {
      var outcome = event.target.dataset && event.target.dataset.outcome;
      if (outcome) pay(outcome);
    });
  }

  function tellShop(type, payload) {
    if (embedded) window.parent.postMessage({ type: type, payload: payload }, settings.shopOrigin);
  }

  async function pay(outcome) {
    // Read first: what is disabled counts as absent.
    var request = requestFor(outcome);
    setBusy(true);
    try {
      var response = await fetch('/sandbox/orders/' + encodeURIComponent(settings.orderId) + '/pay', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(request)
      });
      var answer = await response.json();
      if (!response.ok) throw new Error(answer.error.description);
      if (answer.status === 'failed') showFailure(answer, outcome);
      else showSuccess(answer);
    } catch (error) {
      show('failed', 'The sandbox did not take the payment', [['Reason', error.message]]);
      setBusy(false);
    }
  }

  function requestFor(outcome) {
    var request = { outcome: outcome, method: new FormData(form).get('method') };
    if (outcome === 'late-success') request.lateAfterMs = settings.lateAfterMs;
    if (settings.email) request.email = settings.email;
    if (settings.contact) request.contact = settings.contact;
    return request;
  }

  function setBusy(busy) {
    form.querySelectorAll('button, input').forEach(function (control) { control.disabled = busy; });
  }

  function showFailure(answer, outcome) {
    var late = outcome === 'late-success';
    show('failed', late ? 'Failed for now' : 'The payment failed', [['Payment', answer.razorpay_payment_id]]);
    note(late
      ? 'The same payment succeeds in ' + settings.lateAfterMs / 1000 + ' seconds; only the webhooks will tell.'
      : 'You can try again.');
    setBusy(false);
    tellShop('failed', {
      error: {
        code: 'BAD_REQUEST_ERROR',
        description: 'Your payment was declined by the bank.',
        source: 'issuer',
        step: 'payment_authorization',
        reason: 'payment_failed',
        metadata: { order_id: answer.razorpay_order_id, payment_id: answer.razorpay_payment_id }
      }
    });
  }

  function showSuccess(answer) {
    var triple = {
      razorpay_payment_id: answer.razorpay_payment_id,
      razorpay_order_id: answer.razorpay_order_id,
      razorpay_signature: answer.razorpay_signature
    };
    form.hidden = true;
    document.getElementById('order-status').textContent = answer.status === 'captured' ? 'paid' : 'attempted';
    show('paid', 'Payment ' + answer.status, Object.entries(triple));
    tellShop('paid', triple);
    if (settings.callbackUrl && !embedded) offerReturn(triple);
  }

  function offerReturn(triple) {
    var back = settings.callbackMethod === 'get' ? linkBack(triple) : formBack(triple);
    result.appendChild(back.element);
    setTimeout(back.go, RETURN_AFTER_MS);
  }

  function linkBack(triple) {
    var url = new URL(settings.callbackUrl);
    Object.entries(triple).forEach(function (field) { url.searchParams.set(field[0], field[1]); });
    var link = document.createElement('a');
    link.href = url.href;
    link.className = 'button success';
    link.textContent = 'Return to the shop';
    return { element: link, go: function () { location.assign(url.href); } };
  }

  function formBack(triple) {
    var back = document.createElement('form');
    back.method = 'post';
    back.action = settings.callbackUrl;
    Object.entries(triple).forEach(function (field) {
      var input = document.createElement('input');
      input.type = 'hidden';
      input.name = field[0];
      input.value = field[1];
      back.appendChild(input);
    });
    var button = document.createElement('button');
    button.className = 'success';
    button.textContent = 'Return to the shop';
    back.appendChild(button);
    return { element: back, go: function () { back.requestSubmit(); } };
  }

  function show(kind, title, rows) {
    result.hidden = false;
    result.className = kind;
    result.replaceChildren(element('h2', title));
    var list = document.createElement('dl');
    rows.forEach(function (row) { list.append(element('dt', row[0]), element('dd', row[1], 'code')); });
    result.appendChild(list);
  }

  function note(text) {
    result.appendChild(element('p', text));
  }

  function element(name, text, className) {
    var made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }
})();
`;
