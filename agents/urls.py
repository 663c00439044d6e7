"""The addresses of agent tasks."""

from django.urls import path

from agents.views.creation import creation
from agents.views.lists import tasks
from agents.views.page import steps, task
from agents.views.steering import message, pause, resume

app_name = "agents"

urlpatterns = [
    path("tasks/", tasks, name="tasks"),
    path("tasks/new/", creation, name="creation"),
    path("tasks/<str:public_id>/", task, name="task"),
    path("tasks/<str:public_id>/steps/", steps, name="steps"),
    path("tasks/<str:public_id>/pause/", pause, name="pause"),
    path("tasks/<str:public_id>/resume/", resume, name="resume"),
    path("tasks/<str:public_id>/messages/", message, name="message"),
]
