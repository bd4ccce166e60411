import type { OrderSnapshot, OrderSnapshotLine } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import type { Order, OrderLine } from './order-state.js';

function lineSnapshot(line: OrderLine): OrderSnapshotLine {
  return {
    lineId: line.id,
    productId: line.productId,
    variantId: line.variantId,
    sku: line.sku,
    name: line.name,
    variantName: line.variantName,
    imageUrl: line.imageUrl,
    hsn: line.hsn,
    mrpPaise: line.mrpPaise === null ? null : paiseToWire(line.mrpPaise),
    quantity: line.quantity,
    basePricePaise: paiseToWire(line.basePricePaise),
    unitPricePaise: paiseToWire(line.unitPricePaise),
    subtotalPaise: paiseToWire(line.subtotalPaise),
    discountPaise: paiseToWire(line.discountPaise),
    taxRateBps: line.taxRateBps,
    taxPaise: paiseToWire(line.taxPaise),
    taxLegs: {
      cgstPaise: paiseToWire(line.cgstPaise),
      sgstPaise: paiseToWire(line.sgstPaise),
      igstPaise: paiseToWire(line.igstPaise),
    },
    totalPaise: paiseToWire(line.totalPaise),
    commissionPaise: paiseToWire(line.commissionPaise),
  };
}

/** What every ORDER_* and PAYMENT_* event carries, so that nobody has to call back. */
export function snapshotOf(order: Order): OrderSnapshot {
  return {
    orderId: order.id,
    orderNumber: order.orderNumber,
    businessId: order.businessId,
    buyer: {
      userId: order.userId,
      customerId: order.customerId,
      name: order.buyerName,
      email: order.buyerEmail,
      phone: order.buyerPhone,
    },
    sellerId: order.sellerId,
    shareLinkId: order.shareLinkId,
    paymentMethod: order.paymentMethod,
    currency: order.currency,
    pricesIncludeTax: order.pricesIncludeTax,
    subtotalPaise: paiseToWire(order.subtotalPaise),
    discountPaise: paiseToWire(order.discountPaise),
    taxPaise: paiseToWire(order.taxPaise),
    shippingPaise: paiseToWire(order.shippingPaise),
    totalPaise: paiseToWire(order.totalPaise),
    commissionPaise: paiseToWire(order.commissionPaise),
    items: order.lines.map(lineSnapshot),
    createdAt: order.createdAt.toISOString(),
  };
}
