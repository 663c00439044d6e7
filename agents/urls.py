"""The addresses of agent tasks, and of the playground."""

from django.urls import path

from agents.views.bulk import tasks as bulk
from agents.views.creation import creation
from agents.views.elsewhere import others
from agents.views.lists import tasks
from agents.views.needs import answer, claim, claim_end
from agents.views.page import steps, task
from agents.views.playground.chatting import chat
from agents.views.playground.coding import code
from agents.views.playground.page import models, playground
from agents.views.playground.showing import carry_out, respond
from agents.views.playground.stored import stored
from agents.views.steering import message, pause, resume
from agents.views.turns import hand_back, take_over
from agents.views.wall import wall

app_name = "agents"

urlpatterns = [
    path("computers/<str:public_id>/others/", others, name="others"),
    path("", wall, name="wall"),
    path("fleet/tasks/<str:verb>/", bulk, name="bulk"),
    path("tasks/", tasks, name="tasks"),
    path("tasks/new/", creation, name="creation"),
    path("tasks/<str:public_id>/", task, name="task"),
    path("tasks/<str:public_id>/steps/", steps, name="steps"),
    path("tasks/<str:public_id>/pause/", pause, name="pause"),
    path("tasks/<str:public_id>/resume/", resume, name="resume"),
    path("tasks/<str:public_id>/messages/", message, name="message"),
    path("tasks/<str:public_id>/take-over/", take_over, name="take_over"),
    path("tasks/<str:public_id>/hand-back/", hand_back, name="hand_back"),
    path("playground/", playground, name="playground"),
    path("playground/models/", models, name="models"),
    path("playground/chat/", chat, name="chat"),
    path("playground/responses/", respond, name="respond"),
    path("playground/responses/stored/", stored, name="stored"),
    path("playground/actions/", carry_out, name="carry_out"),
    path("playground/code/", code, name="code"),
    path("tasks/<str:public_id>/claim/", claim, name="claim"),
    path("tasks/<str:public_id>/claim/end/", claim_end, name="claim_end"),
    path("tasks/<str:public_id>/answer/", answer, name="answer"),
]
