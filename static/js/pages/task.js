/** One task: its steps as they come, newest on top, and its head as it changes. */

import { parseMessage } from "live/protocol.js";
import { LiveSocket, socketUrl } from "live/socket.js";
import { LiveScreen } from "tasks/live.js";
import { Steps } from "tasks/steps.js";
import { find } from "ui/dom.js";
import { apply } from "ui/facts.js";

const page = find("#task");
const lost = find("[data-task-lost]");
const steps = new Steps(page);
const live = new LiveScreen(page);

const socket = new LiveSocket(() => socketUrl(`/ws/tasks/${page.dataset.taskId}/?after=${steps.last}`), {
  onText: (text) => {
    const message = /** @type {any} */ (parseMessage(text));
    if (message?.type === "steps") steps.heard(message);
    if (message?.type === "fact") {
      apply(message);
      steps.picture();
      live.follow();
    }
  },
  onOpen: () => {
    lost.hidden = true;
  },
  onLost: ({ retryIn, reason }) => {
    lost.hidden = false;
    find("[data-task-lost-sentence]").textContent =
      retryIn === null ? reason : "Not connected: what you see may be out of date. Trying again…";
  },
});

find("[data-try-now]", lost).addEventListener("click", () => socket.tryNow());
socket.connect();
