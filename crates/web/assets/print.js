// Prints the page by a button, which is hidden where scripts do not run.
// @ts-check

for (const button of document.querySelectorAll("button.print")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => window.print());
}
