/**
 * One live screen: the only object that knows both the devices and the protocol.
 *
 * @typedef {{holder: {name: string, you?: boolean} | null, you_hold: boolean, epoch: number,
 *   turn?: {state: string, name: string} | null, waits?: boolean,
 *   requests?: {user: number, name: string, you: boolean, reason: string, expires_at: string}[]}} Control
 * @typedef {object} Handlers
 * @property {(message: any) => void} onMessage everything the server says that is not a frame, after it took effect here
 * @property {(fate: import("live/socket.js").Fate) => void} onLost
 * @property {() => void} onOpen
 * @property {() => void} onFirstPicture
 * @property {() => void} onRefused a person typed or clicked without driving
 * @property {() => void} onLeave Escape, twice
 * @property {(sentence: string) => void} onTrouble
 */

import { Clipboard } from "input/clipboard.js";
import { Keyboard } from "input/keyboard.js";
import { chord } from "input/keys.js";
import { Pointer } from "input/pointer.js";
import { Touch } from "input/touch.js";
import { Wheel } from "input/wheel.js";
import { rememberClient } from "live/client.js";
import { Display } from "live/display.js";
import { Link } from "live/link.js";
import * as protocol from "live/protocol.js";
import { Zoom } from "live/zoom.js";

export class Screen {
  /** @type {Control} */
  control = { holder: null, you_hold: false, epoch: 0 };
  #view = 0;
  #on;
  #stage;
  #area;

  /**
   * @param {{stage: HTMLElement, canvas: HTMLCanvasElement, area: HTMLTextAreaElement, computerId: string}} parts
   * @param {Handlers} on
   */
  constructor({ stage, canvas, area, computerId }, on) {
    this.#on = on;
    this.#stage = stage;
    this.#area = area;
    this.display = new Display(canvas);
    this.zoom = new Zoom(stage, canvas, () => this.display.viewport);
    this.link = new Link(computerId, {
      onBitmap: (bitmap, frame) => this.#paint(bitmap, frame),
      onMessage: (message) => this.#heard(message),
      onOpen: on.onOpen,
      onLost: (fate) => {
        this.#setControl({ ...this.control, you_hold: false });
        on.onLost(fate);
      },
    });
    this.#wireDevices();
    this.#wireFocus();
  }

  /** Whether what a person does here reaches the computer. */
  get isDriving() {
    return this.control.you_hold && this.link.isOpen;
  }

  /** @param {Parameters<typeof protocol.control>[0]} action @param {Parameters<typeof protocol.control>[1]} [about] */
  askControl(action, about) {
    if (action === "release" || action === "grant") this.#releaseAll();
    this.link.send(protocol.control(action, about));
  }

  /** Presses and releases a shortcut that this browser keeps for itself. @param {string} shortcut */
  sendChord(shortcut) {
    if (!this.isDriving) return this.#on.onRefused();
    for (const stroke of chord(shortcut)) this.#key(stroke);
  }

  /**
   * Answers the dialog of the page that was shown: no other, and of the view it was told with, for it may come before
   * any picture.
   *
   * @param {boolean} accept @param {string} typed @param {{number: number, view: number}} shown
   */
  answer(accept, typed, { number, view }) {
    if (this.isDriving) this.link.send(protocol.answer(accept, typed, { number, view, epoch: this.control.epoch }));
    else this.#on.onRefused();
  }

  /** @param {string} typed */
  paste(typed) {
    if (this.isDriving) this.clipboard.give(typed);
    else this.#on.onRefused();
  }

  /** @param {boolean} [withKeyboard] also opens a phone's keyboard */
  focus(withKeyboard = false) {
    this.#area.inputMode = withKeyboard ? "text" : "none";
    (this.isDriving ? this.#area : this.#stage).focus({ preventScroll: true });
  }

  #wireDevices() {
    const isOn = () => this.isDriving && this.display.hasPicture;
    const gestures = { isOn, onGesture: this.#gesture.bind(this), onRefused: () => this.#on.onRefused() };
    this.keyboard = new Keyboard(this.#area, {
      onKey: this.#key.bind(this),
      onText: this.#text.bind(this),
      onLeave: this.#on.onLeave,
    });
    this.clipboard = new Clipboard(this.#area, { onText: this.#text.bind(this), onTrouble: this.#on.onTrouble });
    this.pointer = new Pointer(this.#stage, this.display, gestures);
    this.wheel = new Wheel(this.#stage, this.display, { ...gestures, locate: (event) => this.pointer.locate(event) });
    this.touch = new Touch(this.#stage, this.display, gestures, this.zoom);
    addEventListener("blur", () => this.#releaseAll());
    document.addEventListener("visibilitychange", () => document.hidden && this.#releaseAll());
  }

  /** While driving, the hidden text area has the focus: the stage passes it on. */
  #wireFocus() {
    this.#stage.addEventListener("focus", () => this.isDriving && this.focus());
    this.#stage.addEventListener("mousedown", () => this.focus());
    this.#stage.addEventListener("keydown", (event) => {
      const isWay = ["Tab", "Shift", "Control", "Alt", "Meta", "Escape"].includes(event.key);
      if (!this.isDriving && !isWay && !event.ctrlKey && !event.metaKey) {
        event.stopPropagation();
        this.#on.onRefused();
      }
    });
  }

  /** @param {ImageBitmap} bitmap @param {import("live/protocol.js").Frame} frame */
  #paint(bitmap, frame) {
    const first = !this.display.hasPicture;
    this.display.paint(bitmap, frame);
    if (frame.view !== this.#view) this.zoom.refresh();
    // What is on the screen is what a person aims at, whatever the server has announced meanwhile.
    this.#view = frame.view;
    if (first) this.#on.onFirstPicture();
  }

  /** @param {any} message */
  #heard(message) {
    if (message.type === "hello" && message.client) rememberClient(message.client);
    if (message.type === "control") this.#setControl(message);
    this.#on.onMessage(message);
  }

  /** @param {Control} control */
  #setControl(control) {
    const drove = this.control.you_hold;
    this.control = control;
    if (drove && !control.you_hold) this.#lost();
    this.#stage.classList.toggle("is-driven-here", control.you_hold);
    this.link.setDriving(control.you_hold);
  }

  /** The server releases what was held when a lease ends; here it is only forgotten. */
  #lost() {
    for (const device of [this.keyboard, this.pointer, this.wheel, this.touch]) device?.forget();
    if (document.activeElement === this.#area) this.#stage.focus({ preventScroll: true });
  }

  #releaseAll() {
    this.pointer?.releaseAll();
    this.touch?.releaseAll();
    this.keyboard?.releaseAll();
  }

  /** @param {import("input/pointer.js").Gesture} gesture */
  #gesture(gesture) {
    if (gesture.action === "move") {
      this.wheel?.flush();
      if (this.link.isBehind) return;
    } else {
      this.#flush();
      if (gesture.action === "down") this.keyboard?.agree(gesture.modifiers);
    }
    this.link.send(protocol.pointer(gesture, this.#aim));
  }

  /** @param {import("input/keyboard.js").Stroke} stroke */
  #key(stroke) {
    this.#flush();
    this.link.send(protocol.key(stroke, this.#aim));
  }

  /** @param {string} typed */
  #text(typed) {
    this.#flush();
    this.link.send(protocol.text(typed, this.#aim));
  }

  /** Nothing overtakes a move or a turn of the wheel that still waits. */
  #flush() {
    this.wheel?.flush();
    this.pointer?.flush();
    this.touch?.flush();
  }

  get #aim() {
    return { view: this.#view, epoch: this.control.epoch };
  }
}
