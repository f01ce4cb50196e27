/* Made by feedd. Pages are whole without this: it adds a search of the lists, and a button that copies an address.
   Where a page is not in English, it gives the words as data. */
"use strict";

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().replace(/\s+/g, " ").trim();

function offerCopy(button) {
  const field = document.getElementById("address");
  const said = document.getElementById("copied");
  const copy = async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      return document.execCommand("copy"); // where a page is not trusted with the clipboard: http on another host
    }
  };
  button.addEventListener("click", async () => {
    said.textContent = "";
    const { copied = "The address is copied.", copyByHand = "Press Ctrl+C to copy the address." } = said.dataset;
    said.textContent = (await copy()) ? copied : copyByHand;
  });
  field.addEventListener("focus", () => field.select());
  button.hidden = false;
}

function offerSearch(field) {
  const said = document.getElementById("found");
  const sections = [...document.querySelectorAll(".directory")];
  const rows = [...document.querySelectorAll(".directory .row")].map((row) => ({
    item: row.parentElement,
    text: plain([...row.querySelectorAll("a, .about")].map((each) => each.textContent).join(" ")),
  }));
  const filter = () => {
    const words = plain(field.value).split(" ");
    const found = new Set(rows.filter((row) => words.every((word) => row.text.includes(word))).map((row) => row.item));
    const shown = (item) => found.has(item) || [...item.querySelectorAll("li")].some((child) => found.has(child));
    for (const { item } of rows) item.hidden = !shown(item);
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    const { found: counted = "{found} of {all}" } = said.dataset;
    const numbers = counted.replace("{found}", found.size).replace("{all}", rows.length);
    said.textContent = field.value.trim() ? numbers : "";
  };
  field.addEventListener("input", filter);
  field.closest("[hidden]").hidden = false;
  if (field.value) filter(); // a browser that went back keeps what was typed
}

const button = document.getElementById("copy");
const search = document.getElementById("search");
if (button) offerCopy(button);
if (search) offerSearch(search);
