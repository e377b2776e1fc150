"""Who asks, by one query, and what their role allows."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tests.benchmarks.rivals import rules
from tests.benchmarks.rivals.django_rest.models import SignIn, User


class TokenAuthentication(BaseAuthentication):
    """A good token of a sign-in that stands, of an account that was not disabled."""

    def authenticate(self, request: Request) -> tuple[User, None]:
        try:
            user_id, sign_in_id = rules.claimed(request.META.get("HTTP_AUTHORIZATION", ""))
            signed_in = SignIn.objects.select_related("user__office").get(
                id=sign_in_id, user_id=user_id, revoked_at=None, user__disabled_at=None
            )
        except (rules.Refused, SignIn.DoesNotExist):
            raise AuthenticationFailed from None
        return signed_in.user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MayDo(BasePermission):
    """What the view's permission asks of the role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.role in rules.MAY[view.permission] and request.user.enterprise_id is not None
