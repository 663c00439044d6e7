"""The addresses of a team's own pages; those of its connections are `computers.urls`'."""

from django.urls import path

from dashboard.views.team.inviting import invitation, invitation_link, invitation_new, invitation_revocation
from dashboard.views.team.page import page, settings, team_new, teams
from dashboard.views.team.people import member_removal, member_role

app_name = "team"

urlpatterns = [
    path("team/", teams, name="teams"),
    path("team/new/", team_new, name="new"),
    path("team/<slug:slug>/", page, name="page"),
    path("team/<slug:slug>/settings/", settings, name="settings"),
    path("team/<slug:slug>/members/<int:user_id>/role/", member_role, name="member_role"),
    path("team/<slug:slug>/members/<int:user_id>/removal/", member_removal, name="member_removal"),
    path("team/<slug:slug>/invitations/", invitation_new, name="invitation_new"),
    path(
        "team/<slug:slug>/invitations/<int:pk>/revocation/",
        invitation_revocation,
        name="invitation_revocation",
    ),
    path("invitations/<str:token>/", invitation_link, name="invitation_link"),
    path("invitation/", invitation, name="invitation"),
]
