from django.db import migrations, models

FROZEN = """
CREATE FUNCTION app.published_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_on IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.from_year IS NOT NULL AND NEW.published_on IS NULL AND NEW.from_year IS NULL
        AND (NEW.slug, NEW.content, NEW.territory_id) = (OLD.slug, OLD.content, OLD.territory_id)
        AND NOT EXISTS (SELECT FROM data_returns_standing s
                        WHERE s.territory_id = OLD.territory_id AND s.edition = OLD.slug) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was published stays as it was' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON data_returns_edition
    FOR EACH ROW EXECUTE FUNCTION app.published_once();
"""
KNOWN = """
SET LOCAL ROLE mappa_app;
SELECT set_config('portal.territories', named, true), set_config('portal.areas', named, true)
    FROM (SELECT coalesce('{' || string_agg(id::text, ',') || '}', '{}') AS named FROM boards_territory) t;
DO $$
DECLARE
    touched integer;
BEGIN
    UPDATE data_returns_standing s SET edition = r.edition FROM data_returns_return r
        WHERE r.territory_id = s.about_id AND r.year = s.year AND r.number = s.number;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < (SELECT count(DISTINCT (territory_id, year)) FROM data_returns_return) THEN
        RAISE EXCEPTION 'only % standings learned their form', touched;
    END IF;
END $$;
RESET ROLE;
SELECT set_config('portal.territories', '', true), set_config('portal.areas', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [('data_returns', '0003_round')]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='from_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='edition',
            name='revision',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name='standing',
            name='edition',
            field=models.SlugField(blank=True, max_length=60),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
