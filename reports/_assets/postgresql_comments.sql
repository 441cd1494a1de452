BEGIN;
SET LOCAL standard_conforming_strings = on;

CREATE OR REPLACE FUNCTION pg_temp.efface_mark(nspname text, relname text, attribute text, mark text)
RETURNS void LANGUAGE plpgsql AS $efface$
DECLARE
    relation text := format('%I.%I', coalesce(nullif(nspname, ''), current_schema()), relname);
    present boolean;
    held text;
    wanted text;
BEGIN
    SELECT true, col_description(attrelid, attnum) INTO present, held FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass(relation) AND attname = attribute AND NOT attisdropped;
    IF present IS NULL THEN
        RAISE NOTICE 'there is no column %.%: left out', relation, quote_ident(attribute);
        RETURN;
    END IF;
    wanted := concat_ws(' ', nullif(regexp_replace(held, '\s*\[efface: [^]]*\]', '', 'g'), ''),
                        nullif(mark, ''));
    IF wanted IS DISTINCT FROM coalesce(held, '') THEN
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, attribute, nullif(wanted, ''));
    END IF;
END
$efface$;

