"""Where inspections are recorded, and they and risk points listed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from rest_framework import generics
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from tests.benchmarks.rivals import rules
from tests.benchmarks.rivals.django_rest.access import MayDo
from tests.benchmarks.rivals.django_rest.models import (
    Action,
    Checklist,
    Event,
    Inspection,
    InspectionItem,
    Ledger,
    RiskPoint,
    Tag,
    TaskStop,
    User,
)
from tests.benchmarks.rivals.django_rest.serializers import (
    InspectionAnswerSerializer,
    InspectionOutSerializer,
    InspectionSerializer,
    RiskPointSerializer,
)


class Used(APIException):
    status_code = 409
    default_detail = "this id was used for something else"


class Retired(APIException):
    status_code = 409
    default_detail = "this point was retired"


class NotMeasured(APIException):
    status_code = 501
    default_detail = "a task done is not measured here"


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    page_size = 20
    max_page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "items": data,
                "page": self.page.number,
                "page_size": self.page.paginator.per_page,
                "total": self.page.paginator.count,
            }
        )


class RiskPoints(generics.ListAPIView):
    permission = "point:see"
    permission_classes = (MayDo,)
    serializer_class = RiskPointSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        points = RiskPoint.objects.filter(enterprise_id=self.request.user.enterprise_id, retired_at=None)
        return points.order_by("code", "id")


class Inspections(generics.ListAPIView):
    permission_classes = (MayDo,)
    serializer_class = InspectionOutSerializer
    pagination_class = Pages

    @property
    def permission(self) -> str:
        return "inspection:record" if self.request.method == "POST" else "point:see"

    def get_queryset(self) -> Any:
        inspections = Inspection.objects.filter(enterprise_id=self.request.user.enterprise_id)
        return inspections.order_by("-received_at", "-id")

    def post(self, request: Request) -> Response:
        serializer = InspectionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            answer = record(request.user, serializer.validated_data)
        return Response(answer, status=201)


def record(user: User, body: Mapping[str, Any]) -> Any:
    """Record an inspection once, and the event of it."""
    body_hash = rules.digest({"path": {}, "body": body})
    ledger = Ledger.objects.select_for_update().get(enterprise_id=user.enterprise_id)
    first = Action.objects.filter(enterprise_id=user.enterprise_id, id=body["id"]).first()
    if first:
        if (first.kind, first.actor_id, first.body_hash) != (rules.KIND, user.id, body_hash):
            raise Used
        return first.answer
    inspection, results = _write(user, body)
    event = rules.recorded(
        user.enterprise_id,
        {name: getattr(inspection, name) for name in rules.OF_INSPECTION},
        results,
        seq=ledger.seq + 1,
        after=ledger.hash,
        actor_id=user.id,
    )
    Event.objects.create(**event)
    ledger.seq, ledger.hash = event["seq"], event["hash"]
    ledger.save(update_fields=["seq", "hash"])
    inspection.complete, inspection.hidden_hazards = True, []
    inspection.receipt = {
        "id": inspection.id,
        "sequence": ledger.seq,
        "body_hash": body_hash,
        "photos": [],
        "received_at": inspection.received_at,
    }
    answer = InspectionAnswerSerializer(inspection).data
    Action.objects.create(
        enterprise_id=user.enterprise_id,
        id=inspection.id,
        kind=rules.KIND,
        actor_id=user.id,
        at=inspection.received_at,
        body_hash=body_hash,
        answer=answer,
    )
    return answer


def _write(user: User, body: Mapping[str, Any]) -> tuple[Inspection, list[Mapping[str, Any]]]:
    checklist, tag_id = _asked(user, body)
    try:
        results = rules.judged(checklist.items, body["items"])
    except rules.Refused as refused:
        raise ValidationError(refused.errors) from refused
    moment = datetime.now(UTC)
    if list(_open_stops(user, body["point_id"], moment)):
        raise NotMeasured
    inspection = Inspection.objects.create(
        enterprise_id=user.enterprise_id,
        **rules.inspected(body, checklist_id=checklist.id, tag_id=tag_id, inspector_id=user.id, received_at=moment),
    )
    InspectionItem.objects.bulk_create(
        InspectionItem(
            enterprise_id=user.enterprise_id,
            inspection_id=inspection.id,
            key=result["key"],
            result=result["result"],
            reading=result["reading"],
            note=result["note"],
            answered_at=result["answered_at"],
        )
        for result in results
    )
    return inspection, results


def _asked(user: User, body: Mapping[str, Any]) -> tuple[Checklist, UUID | None]:
    """The version an inspection goes by, of a point in use, and the code scanned there."""
    of_point = {"enterprise_id": user.enterprise_id, "point_id": body["point_id"]}
    checklists = Checklist.objects.select_related("point")
    checklist = checklists.filter(**of_point, version=body["checklist_version"]).first()
    if checklist is None:
        raise ValidationError({"risk_point_id": "no such point or version"})
    if checklist.point.retired_at:
        raise Retired
    if body["scan"] is None:
        return checklist, None
    tag = Tag.objects.filter(**of_point, token=body["scan"]["token"], revoked_at=None).first()
    return checklist, tag and tag.id


def _open_stops(user: User, point_id: UUID, moment: datetime) -> QuerySet[TaskStop]:
    """What is still to be inspected there in open tasks, those due first first, with how many stops each task lacks."""
    of_task = TaskStop.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), task_id=OuterRef("task_id"), done_at=None, point__retired_at=None
    )
    return (
        TaskStop.objects.filter(
            Q(task__assignee_id=user.id) | Q(task__plan__tier__in=rules.ANYONES),
            enterprise_id=user.enterprise_id,
            point_id=point_id,
            done_at=None,
            task__done_at=None,
            task__excused_at=None,
            task__opens_at__lte=moment,
            task__grace_until__gte=moment,
        )
        .select_related("task")
        .annotate(remaining=Subquery(of_task.order_by().values("task_id").annotate(n=Count("*")).values("n")))
        .order_by("task__due_at", "task__id", "place")
    )
