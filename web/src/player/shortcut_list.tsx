import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import styles from "./shortcut_list.module.css";
import { shortcutList } from "./shortcuts";

export function ShortcutList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <dl className={styles.list}>
        {shortcutList.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
