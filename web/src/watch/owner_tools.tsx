import { Captions, Eye, EyeOff, Link, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Video } from "../api/client";
import { DeleteVideoDialog, VisibilityDialog } from "../library/video_dialogs";
import { Button } from "../ui/button";
import { CaptionsDialog } from "./captions_dialog";

const visibilityIcons = { public: Eye, unlisted: Link, private: EyeOff };
const visibilityNames = { public: "Public", unlisted: "Unlisted", private: "Private" };

export function OwnerTools({ video }: { video: Video }) {
  const [open, setOpen] = useState<"captions" | "visibility" | "delete" | null>(null);
  const [, navigate] = useLocation();
  const close = () => setOpen(null);
  return (
    <>
      {video.duration_seconds !== null && (
        <Button icon={Captions} onClick={() => setOpen("captions")}>
          Captions
        </Button>
      )}
      <Button
        icon={visibilityIcons[video.visibility]}
        aria-label={`Visibility: ${visibilityNames[video.visibility]}`}
        onClick={() => setOpen("visibility")}
      >
        {visibilityNames[video.visibility]}
      </Button>
      <Button icon={Trash2} onClick={() => setOpen("delete")}>
        Delete
      </Button>
      {open === "captions" && <CaptionsDialog video={video} onClose={close} />}
      {open === "visibility" && <VisibilityDialog video={video} onClose={close} />}
      {open === "delete" && (
        <DeleteVideoDialog video={video} onClose={close} onDeleted={() => navigate("/videos", { replace: true })} />
      )}
    </>
  );
}
