import { paiseFromWire, rupeesFromPaise } from '@reseller/money';

const RUPEES = new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' });
const TIME = new Intl.DateTimeFormat('en-IN', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Kolkata' });

/** Paise of an event as people write them: `₹1,234.50`, from a lakh on `₹1,23,456.50`. */
export const rupees = (wirePaise: number): string => RUPEES.format(rupeesFromPaise(paiseFromWire(wirePaise)));

/** An instant of an event in India's time. */
export const indianTime = (instant: string): string => `${TIME.format(new Date(instant))} IST`;

export const greeting = (name: string | null): string => (name === null ? 'Hello,' : `Hello ${name},`);
