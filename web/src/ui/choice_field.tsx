import { useId } from "react";
import styles from "./choice_field.module.css";

// One of a few, each with a sentence about it.
export function ChoiceField<Value extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: { value: Value; name: string; text: string }[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const group = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.label}>{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice} htmlFor={`${group}-${choice.value}`}>
          <input
            type="radio"
            id={`${group}-${choice.value}`}
            name={group}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span className={styles.name}>{choice.name}</span>
          <span className={styles.text}>{choice.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
