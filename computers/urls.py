"""The addresses of the computers."""

from django.urls import path

from computers.views.acting import acting
from computers.views.bulk_verbs import fleet
from computers.views.capturing import capture, html, screenshot
from computers.views.cockpit import cockpit
from computers.views.connections import connection, connection_new, connection_removal, connection_test
from computers.views.creation import creation
from computers.views.life import hold, hold_end, keep_alive
from computers.views.macro_runs import macro_run, recording, recording_end
from computers.views.macros import macro, macro_deletion, macro_new, macros
from computers.views.navigation import back, forward, navigation, reload
from computers.views.pins import pin
from computers.views.saved import saved
from computers.views.selection import selection
from computers.views.settings import proxy, viewport
from computers.views.tabs import tab_closure, tab_switch, tabs
from computers.views.termination import termination
from computers.views.timeline import export, timeline

app_name = "computers"

urlpatterns = [
    path("fleet/<str:verb>/", fleet, name="fleet"),
    path("computers/new/", creation, name="creation"),
    path("computers/new/saved/", saved, name="saved"),
    path("computers/<str:public_id>/", cockpit, name="cockpit"),
    path("computers/<str:public_id>/navigation/", navigation, name="navigation"),
    path("computers/<str:public_id>/navigation/back/", back, name="back"),
    path("computers/<str:public_id>/navigation/forward/", forward, name="forward"),
    path("computers/<str:public_id>/navigation/reload/", reload, name="reload"),
    path("computers/<str:public_id>/pin/", pin, name="pin"),
    path("computers/<str:public_id>/termination/", termination, name="termination"),
    path("computers/<str:public_id>/tabs/", tabs, name="tabs"),
    path("computers/<str:public_id>/tabs/<path:tab_id>/closure/", tab_closure, name="tab_closure"),
    path("computers/<str:public_id>/tabs/<path:tab_id>/switch/", tab_switch, name="tab_switch"),
    path("computers/<str:public_id>/timeline/", timeline, name="timeline"),
    path("computers/<str:public_id>/timeline/export/", export, name="timeline_export"),
    path("computers/<str:public_id>/recording/", recording, name="recording"),
    path("computers/<str:public_id>/recording/end/", recording_end, name="recording_end"),
    path("computers/<str:public_id>/macro/", macro_run, name="macro_run"),
    path("macros/", macros, name="macros"),
    path("macros/new/", macro_new, name="macro_new"),
    path("macros/<int:pk>/", macro, name="macro"),
    path("macros/<int:pk>/deletion/", macro_deletion, name="macro_deletion"),
    path("computers/<str:public_id>/selection/", selection, name="selection"),
    path("computers/<str:public_id>/keep-alive/", keep_alive, name="keep_alive"),
    path("computers/<str:public_id>/hold/", hold, name="hold"),
    path("computers/<str:public_id>/hold/end/", hold_end, name="hold_end"),
    path("computers/<str:public_id>/actions/<str:slug>/", acting, name="acting"),
    path("computers/<str:public_id>/screenshot/", screenshot, name="screenshot"),
    path("computers/<str:public_id>/html/", html, name="html"),
    path("computers/<str:public_id>/captures/<str:name>/", capture, name="capture"),
    path("computers/<str:public_id>/viewport/", viewport, name="viewport"),
    path("computers/<str:public_id>/proxy/", proxy, name="proxy"),
    path("team/<slug:slug>/connections/new/", connection_new, name="connection_new"),
    path("team/<slug:slug>/connections/<int:pk>/", connection, name="connection"),
    path("team/<slug:slug>/connections/<int:pk>/test/", connection_test, name="connection_test"),
    path("team/<slug:slug>/connections/<int:pk>/removal/", connection_removal, name="connection_removal"),
]
