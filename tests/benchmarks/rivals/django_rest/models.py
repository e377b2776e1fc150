"""The product's tables as Django sees them."""

from typing import Any

from django.db import models

from tests.benchmarks.rivals import rules


class Owned(models.Model):
    """A row of an enterprise."""

    pk = models.CompositePrimaryKey("enterprise_id", "id")
    enterprise_id = models.UUIDField()
    id = models.UUIDField()

    class Meta:
        abstract = True


def owned(model: type[models.Model], column: str, **given: Any) -> models.ForeignObject:
    """A reference to a row of the same enterprise."""
    return models.ForeignObject(
        model, on_delete=models.DO_NOTHING, from_fields=("enterprise_id", column), to_fields=("enterprise_id", "id"),
        related_name="+", **given,
    )  # fmt: skip


class Office(models.Model):
    id = models.UUIDField(primary_key=True)
    region_code = models.CharField(max_length=12)
    trades = models.JSONField()

    class Meta:
        managed = False
        db_table = "offices"


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    enterprise_id = models.UUIDField(null=True)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=40)
    role = models.CharField(max_length=32)
    disabled_at = models.DateTimeField(null=True)

    is_authenticated = True

    class Meta:
        managed = False
        db_table = "users"


class SignIn(models.Model):
    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "sign_ins"


class RiskPoint(Owned):
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    category = models.CharField(max_length=32)
    zone_id = models.UUIDField()
    unit_id = models.UUIDField()
    responsible_id = models.UUIDField()
    x = models.IntegerField(null=True)
    y = models.IntegerField(null=True)
    latitude = models.CharField(max_length=40, null=True)
    longitude = models.CharField(max_length=40, null=True)
    check_cycle = models.CharField(max_length=20)
    emergency_steps = models.JSONField()
    inherent_level = models.CharField(max_length=32, null=True)
    residual_level = models.CharField(max_length=32, null=True)
    shown_level = models.CharField(max_length=32, null=True)
    current_level = models.CharField(max_length=32, null=True)
    status = models.CharField(max_length=32)
    assessed_on = models.DateField(null=True)
    reassess_by = models.DateField(null=True)
    copied_from_id = models.UUIDField(null=True)
    merged_into_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "risk_points"


class Checklist(Owned):
    point_id = models.UUIDField()
    point = owned(RiskPoint, "point_id")
    version = models.IntegerField()
    items = models.JSONField()

    class Meta:
        managed = False
        db_table = "checklists"


class Tag(Owned):
    point_id = models.UUIDField()
    token = models.CharField(max_length=26)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "tags"


class InspectionPlan(Owned):
    tier = models.CharField(max_length=32)

    class Meta:
        managed = False
        db_table = "inspection_plans"


class InspectionTask(Owned):
    plan_id = models.UUIDField()
    plan = owned(InspectionPlan, "plan_id")
    assignee_id = models.UUIDField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    grace_until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "inspection_tasks"


class TaskStop(models.Model):
    pk = models.CompositePrimaryKey("enterprise_id", "task_id", "place")
    enterprise_id = models.UUIDField()
    task_id = models.UUIDField()
    task = owned(InspectionTask, "task_id")
    place = models.IntegerField()
    point_id = models.UUIDField(null=True)
    point = owned(RiskPoint, "point_id", null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "task_stops"


class Ledger(models.Model):
    enterprise_id = models.UUIDField(primary_key=True)
    seq = models.IntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "ledgers"


class Event(models.Model):
    pk = models.CompositePrimaryKey("enterprise_id", "seq")
    enterprise_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    client_at = models.DateTimeField(null=True)
    data = models.JSONField()
    commitments = models.JSONField()
    algorithm = models.CharField(max_length=16)
    hash = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "events"


class Action(Owned):
    kind = models.CharField(max_length=60)
    actor_id = models.UUIDField()
    at = models.DateTimeField()
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "actions"


class Inspection(Owned):
    point_id = models.UUIDField(null=True)
    task_id = models.UUIDField(null=True)
    checklist_id = models.UUIDField()
    checklist_version = models.IntegerField()
    inspector_id = models.UUIDField()
    client_at = models.DateTimeField()
    received_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(null=True)
    tag_id = models.UUIDField(null=True)
    latitude = models.CharField(max_length=40, null=True)
    longitude = models.CharField(max_length=40, null=True)
    accuracy_metres = models.IntegerField(null=True)
    failed = models.IntegerField()
    note = models.TextField()

    class Meta:
        managed = False
        db_table = "inspections"

    @property
    def half(self) -> str:
        return "field" if self.point_id else "management"

    @property
    def delay_seconds(self) -> int:
        return rules.delay(self.client_at, self.received_at)


class InspectionItem(models.Model):
    pk = models.CompositePrimaryKey("enterprise_id", "inspection_id", "key")
    enterprise_id = models.UUIDField()
    inspection_id = models.UUIDField()
    key = models.CharField(max_length=40)
    result = models.CharField(max_length=32)
    reading = models.CharField(max_length=40, null=True)
    note = models.TextField()
    answered_at = models.DateTimeField(null=True)
    hidden_hazard_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "inspection_items"
