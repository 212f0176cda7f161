import { Link } from "wouter";

// Under a list's name: what it is narrowed to, and the way out.
export function SearchedFor({ search, everything }: { search: string; everything: string }) {
  return (
    <>
      Titles with “{search}”. <Link href={everything}>Show all</Link>
    </>
  );
}
