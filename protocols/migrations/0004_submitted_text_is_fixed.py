from django.db import migrations

# The lock makes a second session wait for a submission under way, then see it. A version that is not there
# or not visible is the foreign key's business.
FIXED = """
CREATE FUNCTION app.clauses_of_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text;
BEGIN
    FOR state IN SELECT status FROM protocols_version WHERE id IN (OLD.version_id, NEW.version_id) FOR SHARE LOOP
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'the text of a submitted version is fixed' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER fixed_once_submitted BEFORE INSERT OR UPDATE OR DELETE ON protocols_versionclause
    FOR EACH ROW EXECUTE FUNCTION app.clauses_of_drafts_only();
"""


class Migration(migrations.Migration):
    dependencies = [("protocols", "0003_list_in_order_of_reference")]

    operations = [migrations.RunSQL(FIXED, migrations.RunSQL.noop)]
