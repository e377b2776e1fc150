"""Where inspections are recorded and risk points listed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from rest_framework import generics
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

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
    User,
)
from tests.benchmarks.rivals.django_rest.serializers import (
    InspectionAnswerSerializer,
    InspectionSerializer,
    RiskPointSerializer,
)


class Used(APIException):
    status_code = 409
    default_detail = "this id was used for something else"


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
        return RiskPoint.objects.filter(enterprise_id=self.request.user.enterprise_id).order_by("code", "id")


class Inspections(APIView):
    permission = "inspection:record"
    permission_classes = (MayDo,)

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
    inspection = _write(user, body)
    event = rules.recorded(
        user.enterprise_id,
        {**body, "received_at": inspection.received_at},
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


def _write(user: User, body: Mapping[str, Any]) -> Inspection:
    checklist = Checklist.objects.filter(
        enterprise_id=user.enterprise_id, point_id=body["point_id"], version=body["checklist_version"]
    ).first()
    if checklist is None:
        raise ValidationError({"risk_point_id": "no such point or version"})
    try:
        results = rules.judged(checklist.items, body["items"])
    except rules.Refused as refused:
        raise ValidationError(refused.errors) from refused
    inspection = Inspection.objects.create(
        enterprise_id=user.enterprise_id,
        id=body["id"],
        point_id=body["point_id"],
        checklist_id=checklist.id,
        checklist_version=checklist.version,
        inspector_id=user.id,
        client_at=body["client_at"],
        received_at=datetime.now(UTC),
        failed=0,
        note=body["note"],
    )
    InspectionItem.objects.bulk_create(
        InspectionItem(
            enterprise_id=user.enterprise_id,
            inspection_id=inspection.id,
            key=result["key"],
            result=result["result"],
            reading=result["reading"],
            note=result["note"],
        )
        for result in results
    )
    return inspection
