from django.db import migrations

from boards.rls import owned

HASH = """
CREATE FUNCTION app.event_hash(e audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(e.previous_hash || jsonb_build_object(
        'id', e.id, 'territory', e.territory_id, 'seq', e.seq,
        'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'name', e.name, 'actor', e.actor_id, 'organisation', e.organisation_id,
        'subject_kind', e.subject_kind, 'subject_id', e.subject_id, 'reference', e.reference,
        'fields', e.fields, 'digest', e.digest, 'recipient', e.recipient, 'reason', e.reason
    )::text, 'UTF8')), 'hex')
$$;
"""

# Runs once per draft as the transaction ends. The chains that it touches are locked in id order, so two transactions
# cannot wait for each other. READ COMMITTED only: an older snapshot could miss the head of the chain.
CHAIN = """
CREATE FUNCTION app.chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link audit_event;
    head record;
    held text := COALESCE(current_setting('portal.chains', true), '');  -- chains that this transaction has locked
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'audit events are written under READ COMMITTED only';
    END IF;
    IF NOT NEW.territory_id::text = ANY (string_to_array(held, ',')) THEN
        PERFORM pg_advisory_xact_lock(325, t.territory_id::int)
            FROM (SELECT DISTINCT territory_id FROM audit_draft ORDER BY territory_id) t;
        PERFORM set_config('portal.chains', (SELECT string_agg(DISTINCT territory_id::text, ',') FROM audit_draft), true);
    END IF;
    SELECT seq, hash INTO head FROM audit_event WHERE territory_id = NEW.territory_id ORDER BY seq DESC LIMIT 1;
    link.id := NEW.id;
    link.territory_id := NEW.territory_id;
    link.name := NEW.name;
    link.actor_id := NEW.actor_id;
    link.organisation_id := NEW.organisation_id;
    link.subject_kind := NEW.subject_kind;
    link.subject_id := NEW.subject_id;
    link.reference := NEW.reference;
    link.fields := NEW.fields;
    link.digest := NEW.digest;
    link.recipient := NEW.recipient;
    link.reason := NEW.reason;
    link.at := clock_timestamp();
    link.seq := COALESCE(head.seq, 0) + 1;
    link.previous_hash := COALESCE(head.hash, '');
    link.hash := app.event_hash(link);
    INSERT INTO audit_event SELECT link.*;
    DELETE FROM audit_draft WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON audit_draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.chain_event();
"""

APPEND_ONLY = """
CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit events are never changed'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION app.refuse();
CREATE TRIGGER never_empty BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse();
REVOKE UPDATE, DELETE ON audit_event FROM mappa_app;
REVOKE UPDATE ON audit_draft, audit_change FROM mappa_app;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("boards", "0002_separation")]

    operations = [
        owned("audit_draft"),
        owned("audit_event"),
        owned("audit_change", about=True, event_id="audit_event"),
        migrations.RunSQL(HASH + CHAIN + APPEND_ONLY, migrations.RunSQL.noop),
    ]
