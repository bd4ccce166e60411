/**
 * When Razorpay is asked again about an order that is paid: after a day, and a last time at the end of the fifth. A
 * second capture, or a refund made in the dashboard, whose every webhook was lost shows there and nowhere else. A payment
 * that Razorpay knows nothing of is never asked about.
 */
export const LOOK_AGAIN_AFTER_CAPTURE = `case when reconcile_at is null then null else now() + interval '1 day' end`;
