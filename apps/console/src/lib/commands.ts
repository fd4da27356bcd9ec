/** Commands that empty screens teach. One place, so that a test can hold them against the CLI. */

/** Places an order at the restaurant that `npm start` opens. */
export const FIRST_ORDER = `holdfast events publish order.placed '{"orderId":"order-1","customer":"Ada","items":[{"sku":"soup","qty":1}],"amount":1200}'`;
