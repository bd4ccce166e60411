-- What an administrator sets on a variant has a version of its own: "version" grows with every reservation, and who edits
-- a threshold must not be refused because somebody bought meanwhile.
ALTER TABLE "variants" ADD COLUMN "settings_version" BIGINT NOT NULL DEFAULT 1;

-- When a reservation is shown to run out. The order service decides; a tombstone never held anything.
ALTER TABLE "reservations" ADD COLUMN "expires_at" TIMESTAMPTZ(3);
ALTER TABLE "reservations" ADD COLUMN "is_expired" BOOLEAN NOT NULL DEFAULT false;
UPDATE "reservations" SET "expires_at" = "reserved_at" + interval '15 minutes' WHERE "status" <> 'TOMBSTONE';

-- A variant's reservations, newest first.
CREATE INDEX "reservation_lines_variant_id_reservation_id_idx" ON "reservation_lines"("variant_id", "reservation_id");
