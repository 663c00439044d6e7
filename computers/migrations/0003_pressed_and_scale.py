from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("computers", "0002_timeline_macros_captures")]

    operations = [
        migrations.AddField(
            model_name="computer",
            name="scale",
            field=models.FloatField(default=1.0, help_text="Picture pixels in one CSS pixel."),
        ),
        migrations.AddField(
            model_name="controllease",
            name="pressed",
            field=models.JSONField(
                default=dict, help_text="What REST verbs pressed and nobody released yet."
            ),
        ),
    ]
