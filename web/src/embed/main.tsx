// The player alone, for other people's pages.
import "../ui/tokens.css";
import "../ui/base.css";
import "./embed.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { EmbedPage } from "./embed_page";
import { readAddress } from "./address";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <EmbedPage {...readAddress(window.location)} />
  </StrictMode>,
);
