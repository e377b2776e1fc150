"""The addresses."""

from django.urls import path

from tests.benchmarks.rivals.django_rest.views import Inspections, RiskPoints

urlpatterns = [
    path("api/v1/inspections", Inspections.as_view()),
    path("api/v1/risk-points", RiskPoints.as_view()),
]
