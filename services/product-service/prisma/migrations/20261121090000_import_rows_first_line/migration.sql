-- Finding the first line of a SKU reads one entry, also in a file that names one SKU fifty thousand times.
CREATE INDEX "import_rows_import_id_sku_key_line_idx" ON "import_rows"("import_id", "sku_key", "line");
DROP INDEX "import_rows_import_id_sku_key_idx";
