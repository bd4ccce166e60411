-- Refunds are of amounts, not of pieces: this was 0 always. Its check goes with it and comes back without it.
alter table order_lines drop column refunded_quantity;
alter table order_lines add constraint order_lines_quantities
  check (least(fulfilled_quantity, returned_quantity) >= 0 and greatest(fulfilled_quantity, returned_quantity) <= quantity);
