// The browser's own dialog for choosing files. Nothing happens when it is closed without a choice.
export function chooseFiles(options: { several: boolean }, onChosen: (files: File[]) => void) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = options.several;
  // Also names that no browser has a type for.
  input.accept = "video/*,audio/*,.mkv,.mts,.m2ts,.ts,.vob,.mxf,.gxf,.dv,.ivf,.nut,.rm,.flv,.gif,.w64,.caf";
  input.onchange = () => onChosen([...(input.files ?? [])]);
  input.click();
}
