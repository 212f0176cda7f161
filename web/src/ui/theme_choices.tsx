import { Moon, Sun, SunMoon } from "lucide-react";
import { MenuChoice } from "./menu";
import { chooseTheme, type Theme, useTheme } from "./theme";

const choices = [
  { theme: "system", icon: SunMoon, name: "System theme" },
  { theme: "light", icon: Sun, name: "Light theme" },
  { theme: "dark", icon: Moon, name: "Dark theme" },
] as const satisfies readonly { theme: Theme; icon: unknown; name: string }[];

export function ThemeChoices() {
  const chosen = useTheme();
  return choices.map(({ theme, icon, name }) => (
    <MenuChoice key={theme} icon={icon} chosen={theme === chosen} onSelect={() => chooseTheme(theme)}>
      {name}
    </MenuChoice>
  ));
}
