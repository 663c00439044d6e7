/**
 * Which tab is shown here. A driver's choice moves the main tab, and with it everybody who follows the driver; whoever
 * only watches may look at another one meanwhile.
 *
 * @typedef {import("tabs/strip.js").Tab} Tab
 * @typedef {object} Ways
 * @property {(tab: string) => void} watch asks for that tab's picture, or "main"
 * @property {() => boolean} isDriving
 * @property {(sentence: string) => void} hint
 */

import { watch } from "live/protocol.js";
import { Strip } from "tabs/strip.js";
import { find } from "ui/dom.js";
import { post } from "ui/htmx.js";

const MAIN = "main";
const TOGETHER = "Without DevTools everybody sees the main tab. Take control to show another one.";

export class Choosing {
  #screen;
  #root;
  #hint;
  #strip;
  /** What this page asked for. */
  #wanted = MAIN;
  #separate = true;

  /**
   * @param {HTMLElement} root @param {import("live/screen.js").Screen} screen
   * @param {{hint: (sentence: string) => void}} driver
   */
  constructor(root, screen, driver) {
    this.#root = root;
    this.#screen = screen;
    this.#hint = driver;
    this.#strip = new Strip(root, {
      onChoose: (tab) => this.#choose(tab),
      onClose: (tab) => this.#post(this.#address("closureUrl", tab.id)),
      onNew: () => this.#open(),
      onFollow: () => this.#watch(MAIN),
    });
  }

  /** @param {{tabs: Tab[], more: number, separate: boolean}} message */
  tabs({ tabs, more, separate }) {
    this.#separate = separate;
    this.#strip.show(tabs, more);
    if (this.#wanted !== MAIN && !tabs.some(({ id }) => id === this.#wanted)) this.#wanted = MAIN;
    // What this driver chose has become the main tab: from now on they go wherever that goes.
    if (this.#screen.isDriving && tabs.some(({ id, main }) => main && id === this.#wanted)) this.#watch(MAIN);
    this.#strip.showing(this.#shown, this.#isFollowing);
  }

  #shown = "";

  /** @param {string} tab the one whose picture comes from now on */
  showing(tab) {
    this.#shown = tab;
    this.#strip.showing(tab, this.#isFollowing);
  }

  /** A new connection follows the main tab, whatever the one before was asked for. */
  connected() {
    if (this.#wanted !== MAIN) this.#screen.link.send(watch(this.#wanted));
  }

  /** Whoever starts driving drives what they see: it becomes the main tab. */
  tookControl() {
    const tab = this.#strip.tabs.find(({ id }) => id === this.#wanted);
    if (tab) this.#switch(tab);
  }

  ended() {
    this.#root.hidden = true;
  }

  /** @param {Tab} tab */
  #choose(tab) {
    if (this.#screen.isDriving) this.#switch(tab);
    else if (!this.#separate) this.#hint.hint(TOGETHER);
    else this.#watch(tab.main ? MAIN : tab.id);
  }

  /** Shown here at once, and to the others when upstream has taken it. @param {Tab} tab */
  async #switch(tab) {
    if (this.#separate && !tab.main) this.#watch(tab.id);
    if (tab.main) this.#watch(MAIN);
    await this.#post(this.#address("switchUrl", tab.id));
  }

  async #open() {
    const hands = document.activeElement;
    if ((await this.#post(find("[data-new-tab]", this.#root).dataset.newTab ?? "")) && this.#screen.isDriving) {
      this.#watch(MAIN);
      // The answer may be late: whoever has gone elsewhere meanwhile stays there.
      if (document.activeElement === hands || document.activeElement === document.body) find("#address").focus();
    }
  }

  /** @param {string} tab */
  #watch(tab) {
    if (tab === this.#wanted) return;
    this.#wanted = tab;
    this.#screen.link.send(watch(tab));
    this.#strip.showing(this.#shown, this.#isFollowing);
  }

  get #isFollowing() {
    return this.#wanted === MAIN || this.#strip.tabs.some(({ id, main }) => main && id === this.#wanted);
  }

  /** @param {"switchUrl" | "closureUrl"} name @param {string} id */
  #address(name, id) {
    return (this.#root.dataset[name] ?? "").replace("TAB", encodeURIComponent(id));
  }

  /** The answer appears beside the toolbar, as every navigation's does. @param {string} address @returns {Promise<boolean>} whether it worked */
  async #post(address) {
    await post(address, { source: this.#root, target: "#navigation-answer", swap: "innerHTML" });
    return !document.querySelector("#navigation-answer .errorlist");
  }
}
