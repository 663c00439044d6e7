"""The addresses of a team's own pages; those of its connections are `computers.urls`'."""

from django.urls import path

from dashboard.views.team.page import page, teams

app_name = "team"

urlpatterns = [
    path("team/", teams, name="teams"),
    path("team/<slug:slug>/", page, name="page"),
]
