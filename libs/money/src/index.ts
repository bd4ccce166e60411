export { applyBps, divideHalfUp } from './basis-points.js';
export { addedTax, includedTax, splitTax, type TaxLegs } from './gst.js';
export { MAX_PAISE, paiseFromRupees, paiseFromWire, paiseToWire, rupeesFromPaise, type Paise } from './paise.js';
