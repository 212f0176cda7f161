import { Eye, EyeOff, Link, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Video } from "../api/client";
import { DeleteVideoDialog, VisibilityDialog } from "../library/video_dialogs";
import { Button } from "../ui/button";

const visibilityIcons = { public: Eye, unlisted: Link, private: EyeOff };
const visibilityNames = { public: "Public", unlisted: "Unlisted", private: "Private" };

export function OwnerTools({ video }: { video: Video }) {
  const [open, setOpen] = useState<"visibility" | "delete" | null>(null);
  const [, navigate] = useLocation();
  const close = () => setOpen(null);
  return (
    <>
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
      {open === "visibility" && <VisibilityDialog video={video} onClose={close} />}
      {open === "delete" && (
        <DeleteVideoDialog video={video} onClose={close} onDeleted={() => navigate("/videos", { replace: true })} />
      )}
    </>
  );
}
