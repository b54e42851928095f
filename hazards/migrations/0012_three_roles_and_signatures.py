"""Three roles, signatures at closure, criteria, risk grades, the source of money, a search for the same elsewhere.

The department that owns a ticket today is its industry department too; other tickets get theirs by the rules. Who must
rectify an open ticket stays: nobody's duty changes hands in silence.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock
from hazards.rules.default_criteria import criteria
from hazards.rules.defaults import OWNED_BELOW, REGULATORS, regulators
from norms.migrations._defaults import lay_down


def lay_down_routes_and_criteria(apps: Any, schema_editor: Any) -> None:
    """The defaults; a rule that the county changed stays as it is."""
    route, criterion = apps.get_model("hazards", "Route"), apps.get_model("hazards", "Criterion")
    route.objects.bulk_create(route(**row) for row in regulators())
    for kind, to in OWNED_BELOW.items():
        route.objects.filter(kind=kind, role="owner", place=None, unit=None).update(to=to, department="")
    criterion.objects.bulk_create(criterion(**row) for row in criteria())


def name_departments(apps: Any, schema_editor: Any) -> None:
    hazard, unit = apps.get_model("hazards", "Hazard"), apps.get_model("org", "Unit")
    departments = dict(unit.objects.filter(level="department", active=True).values_list("path", "pk"))
    hazard.objects.filter(owner__in=departments.values()).update(regulator=models.F("owner"))
    counties = set(unit.objects.filter(level="county").values_list("path", flat=True))
    for county in counties:
        rest = hazard.objects.filter(regulator=None, unit__path__startswith=county)
        for kind, end in REGULATORS.items():
            if found := departments.get(f"{county}.{end}"):
                rest.filter(kind=kind).update(regulator=found)


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0011_saved_filters"),
        ("norms", "0001_numbers"),
        ("org", "0007_natural_villages_and_grids"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Elsewhere",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ordered_at",
                    models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="ordered at"),
                ),
                ("due_at", models.DateTimeField(verbose_name="to be done by")),
                ("looked_at", models.PositiveIntegerField(blank=True, null=True, verbose_name="places looked at")),
                ("found", models.PositiveIntegerField(blank=True, null=True, verbose_name="hazards found")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
            ],
            options={
                "verbose_name": "search for the same elsewhere",
                "verbose_name_plural": "searches for the same elsewhere",
                "ordering": ["unit__path"],
            },
        ),
        migrations.AddField(
            model_name="hazard",
            name="principal",
            field=models.CharField(blank=True, max_length=80, verbose_name="whose it is"),
        ),
        migrations.AddField(
            model_name="hazard",
            name="regulator",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.unit",
                verbose_name="industry department",
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="risk",
            field=models.CharField(blank=True, max_length=8, verbose_name="risk grade"),
        ),
        migrations.AddField(
            model_name="plan",
            name="fund_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("owner", "the owner itself"),
                    ("village", "the village collective"),
                    ("township", "township budget"),
                    ("county", "county budget"),
                    ("special", "special funds from above"),
                    ("insurance", "insurance"),
                    ("other", "other"),
                ],
                max_length=10,
                verbose_name="source of the money",
            ),
        ),
        migrations.AddField(
            model_name="route",
            name="role",
            field=models.CharField(
                choices=[("owner", "rectifying unit"), ("regulator", "industry department")],
                default="owner",
                max_length=10,
                verbose_name="as",
            ),
        ),
        migrations.AlterField(
            model_name="hazard",
            name="kind",
            field=models.CharField(
                choices=[
                    ("geological_point", "geological hazard point"),
                    ("flash_flood_gully", "flash-flood gully"),
                    ("cut_slope", "cut slope"),
                    ("reservoir", "reservoir or pond"),
                    ("bridge_road", "dangerous bridge or cliff road"),
                    ("forest_fire", "forest fire hazard"),
                    ("timber_houses", "contiguous old timber houses"),
                    ("heritage", "covered bridge or heritage"),
                    ("self_built_house", "self-built house"),
                    ("small_hydropower", "small hydropower"),
                    ("mine", "mine or tailings"),
                    ("chemicals", "hazardous chemicals site"),
                    ("fireworks", "fireworks"),
                    ("gas", "gas"),
                    ("crowded_place", "school, hospital or care home"),
                    ("construction_camp", "construction camp"),
                    ("scenic_spot", "scenic spot"),
                    ("rafting", "rafting"),
                    ("dust_explosion", "bamboo, wood or pencil dust"),
                    ("drying_house", "mushroom drying house"),
                    ("confined_space", "confined space"),
                    ("e_bike", "electric bicycles"),
                    ("mixed_premises", "“three in one” premises or street shop"),
                    ("rural_road", "rural road traffic"),
                    ("power_line", "power line among trees"),
                    ("dyke", "dyke or sluice"),
                    ("waterlogging", "waterlogging point"),
                    ("water_traffic", "water traffic"),
                    ("old_tree", "old or dangerous tree"),
                    ("banquet", "banquet or food safety"),
                    ("special_equipment", "special equipment"),
                    ("other", "other"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="route",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("geological_point", "geological hazard point"),
                    ("flash_flood_gully", "flash-flood gully"),
                    ("cut_slope", "cut slope"),
                    ("reservoir", "reservoir or pond"),
                    ("bridge_road", "dangerous bridge or cliff road"),
                    ("forest_fire", "forest fire hazard"),
                    ("timber_houses", "contiguous old timber houses"),
                    ("heritage", "covered bridge or heritage"),
                    ("self_built_house", "self-built house"),
                    ("small_hydropower", "small hydropower"),
                    ("mine", "mine or tailings"),
                    ("chemicals", "hazardous chemicals site"),
                    ("fireworks", "fireworks"),
                    ("gas", "gas"),
                    ("crowded_place", "school, hospital or care home"),
                    ("construction_camp", "construction camp"),
                    ("scenic_spot", "scenic spot"),
                    ("rafting", "rafting"),
                    ("dust_explosion", "bamboo, wood or pencil dust"),
                    ("drying_house", "mushroom drying house"),
                    ("confined_space", "confined space"),
                    ("e_bike", "electric bicycles"),
                    ("mixed_premises", "“three in one” premises or street shop"),
                    ("rural_road", "rural road traffic"),
                    ("power_line", "power line among trees"),
                    ("dyke", "dyke or sluice"),
                    ("waterlogging", "waterlogging point"),
                    ("water_traffic", "water traffic"),
                    ("old_tree", "old or dangerous tree"),
                    ("banquet", "banquet or food safety"),
                    ("special_equipment", "special equipment"),
                    ("other", "other"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="ClosureSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "rectifying unit"),
                            ("territory", "territory"),
                            ("regulator", "industry department"),
                        ],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="at")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signed by",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="hazards.inspection"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "verbose_name": "signature of a closure",
                "verbose_name_plural": "signatures of closures",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("geological_point", "geological hazard point"),
                            ("flash_flood_gully", "flash-flood gully"),
                            ("cut_slope", "cut slope"),
                            ("reservoir", "reservoir or pond"),
                            ("bridge_road", "dangerous bridge or cliff road"),
                            ("forest_fire", "forest fire hazard"),
                            ("timber_houses", "contiguous old timber houses"),
                            ("heritage", "covered bridge or heritage"),
                            ("self_built_house", "self-built house"),
                            ("small_hydropower", "small hydropower"),
                            ("mine", "mine or tailings"),
                            ("chemicals", "hazardous chemicals site"),
                            ("fireworks", "fireworks"),
                            ("gas", "gas"),
                            ("crowded_place", "school, hospital or care home"),
                            ("construction_camp", "construction camp"),
                            ("scenic_spot", "scenic spot"),
                            ("rafting", "rafting"),
                            ("dust_explosion", "bamboo, wood or pencil dust"),
                            ("drying_house", "mushroom drying house"),
                            ("confined_space", "confined space"),
                            ("e_bike", "electric bicycles"),
                            ("mixed_premises", "“three in one” premises or street shop"),
                            ("rural_road", "rural road traffic"),
                            ("power_line", "power line among trees"),
                            ("dyke", "dyke or sluice"),
                            ("waterlogging", "waterlogging point"),
                            ("water_traffic", "water traffic"),
                            ("old_tree", "old or dangerous tree"),
                            ("banquet", "banquet or food safety"),
                            ("special_equipment", "special equipment"),
                            ("other", "other"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[("general", "general"), ("major", "major")],
                        default="major",
                        max_length=8,
                        verbose_name="grade",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="wording")),
                ("source", models.CharField(max_length=120, verbose_name="standard")),
                ("source_en", models.CharField(blank=True, max_length=160, verbose_name="standard in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "criterion",
                "verbose_name_plural": "criteria",
                "ordering": ["kind", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "source", "text"), name="hazard_criterion_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="hazard",
            name="criterion",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hazards.criterion",
                verbose_name="criterion",
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("regulator__isnull", False)), fields=["regulator"], name="hazard_regulator"
            ),
        ),
        migrations.AddField(
            model_name="elsewhere",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="elsewhere",
            name="ordered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="elsewhere",
            name="origin",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="elsewhere", to="hazards.hazard"
            ),
        ),
        migrations.AddField(
            model_name="elsewhere",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit", verbose_name="township"
            ),
        ),
        migrations.AddConstraint(
            model_name="closuresignature",
            constraint=models.UniqueConstraint(fields=("inspection", "role"), name="hazard_signature_once"),
        ),
        migrations.AddConstraint(
            model_name="closuresignature",
            constraint=models.UniqueConstraint(fields=("inspection", "by"), name="hazard_signer_once"),
        ),
        migrations.AddConstraint(
            model_name="elsewhere",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None)), fields=("origin", "unit"), name="hazard_elsewhere_once"
            ),
        ),
        migrations.RunPython(lay_down_routes_and_criteria, migrations.RunPython.noop),
        migrations.RunPython(name_departments, migrations.RunPython.noop),
        migrations.RunPython(*lay_down("threatened", "signatures_major", "signatures_general", "look_elsewhere")),
    ]
