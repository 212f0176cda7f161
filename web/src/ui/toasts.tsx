// Short confirmations of what one has just done ("Link copied"). Never the only place of an error.
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import styles from "./toasts.module.css";

const shownFor = 4000; // milliseconds

const ToastContext = createContext<(text: string) => void>(() => undefined);

export const useToast = () => useContext(ToastContext);

export function ToastRegion({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<{ id: number; text: string }[]>([]);
  const show = useCallback((text: string) => {
    const id = performance.now();
    setToasts((shown) => [...shown, { id, text }]);
    setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), shownFor);
  }, []);
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className={styles.region} role="status" aria-live="polite">
        {toasts.map(({ id, text }) => (
          <div key={id} className={styles.toast}>
            {text}
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}
