// Was the latest change of address a step through the history? wouter announces its own changes by
// events named after the function that made them.
let back = false;

window.addEventListener("popstate", () => {
  back = true;
});
for (const name of ["pushState", "replaceState"]) {
  window.addEventListener(name, () => {
    back = false;
  });
}

export const navigationEvents = { wentBack: () => back };
