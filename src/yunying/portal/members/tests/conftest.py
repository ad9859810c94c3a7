"""A site with a member and somebody of the staff, as the community's tests have it."""

from yunying.portal.community.tests.conftest import town

__all__ = ["town"]
