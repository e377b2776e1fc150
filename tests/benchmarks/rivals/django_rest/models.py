"""The product's tables as Django sees them."""

from django.db import models


class Owned(models.Model):
    """A row of an enterprise."""

    pk = models.CompositePrimaryKey("enterprise_id", "id")
    enterprise_id = models.UUIDField()
    id = models.UUIDField()

    class Meta:
        abstract = True


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
    check_cycle = models.CharField(max_length=20)
    emergency_steps = models.JSONField()
    inherent_level = models.CharField(max_length=32, null=True)
    residual_level = models.CharField(max_length=32, null=True)
    shown_level = models.CharField(max_length=32, null=True)
    current_level = models.CharField(max_length=32, null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "risk_points"


class Checklist(Owned):
    point_id = models.UUIDField()
    version = models.IntegerField()
    items = models.JSONField()

    class Meta:
        managed = False
        db_table = "checklists"


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
    point_id = models.UUIDField()
    checklist_id = models.UUIDField()
    checklist_version = models.IntegerField()
    inspector_id = models.UUIDField()
    client_at = models.DateTimeField()
    received_at = models.DateTimeField()
    failed = models.IntegerField()
    note = models.TextField()

    class Meta:
        managed = False
        db_table = "inspections"


class InspectionItem(models.Model):
    pk = models.CompositePrimaryKey("enterprise_id", "inspection_id", "key")
    enterprise_id = models.UUIDField()
    inspection_id = models.UUIDField()
    key = models.CharField(max_length=40)
    result = models.CharField(max_length=32)
    reading = models.CharField(max_length=40, null=True)
    note = models.TextField()
    hidden_hazard_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "inspection_items"
