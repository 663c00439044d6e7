/** What every page does. */

import { wireDialogs } from "ui/dialogs.js";
import { wireHtmx } from "ui/htmx.js";
import { wireMenus } from "ui/menus.js";
import { wireShortcuts } from "ui/shortcuts.js";
import { wireTheme } from "ui/theme.js";
import { wireTimes } from "ui/times.js";

wireTheme();
wireHtmx();
wireDialogs();
wireMenus();
wireShortcuts();
wireTimes();
// On a phone not every place fits: the one that is open does.
document.querySelector(".house-header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
