ALTER TABLE "wallets" ADD COLUMN "owner_is_active" BOOLEAN NOT NULL DEFAULT true;
