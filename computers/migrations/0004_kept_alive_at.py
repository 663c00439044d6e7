from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("computers", "0003_pressed_and_scale")]

    operations = [
        migrations.AddField(
            model_name="computer",
            name="kept_alive_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
