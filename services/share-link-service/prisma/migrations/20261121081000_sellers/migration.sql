CREATE TABLE "sellers" (
  "id" UUID NOT NULL,
  "version" BIGINT NOT NULL,
  "is_active" BOOLEAN NOT NULL,

  CONSTRAINT "sellers_pkey" PRIMARY KEY ("id")
);
