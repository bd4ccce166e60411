-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "things" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "paise" BIGINT NOT NULL,

    CONSTRAINT "things_pkey" PRIMARY KEY ("id")
);

-- a; comment
create function f() returns int language plpgsql as $$ begin perform 1; return 2; end $$;
insert into things values ('00000000-0000-0000-0000-000000000001','a;b',5);
